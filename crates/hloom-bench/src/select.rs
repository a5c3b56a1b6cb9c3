//! What is measured: suites, names and sizes as they are asked for. Knows nothing of how.

use anyhow::{Result, bail, ensure};

use crate::benchmark::{Benchmark, Suite};
use crate::engine::Planned;
use crate::sides::known;

/// What is asked for; nothing asks for everything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection<'a> {
    /// Suites.
    pub(crate) suites: &'a [String],
    /// Part of a name.
    pub(crate) filter: &'a str,
    /// Names of sizes, and numbers.
    pub(crate) sizes: &'a [String],
}

impl Selection<'_> {
    /// The rows, small sizes first, so that a run that ends early has seen everything.
    ///
    /// # Errors
    /// If a suite or a size is not known, or nothing is left.
    pub(crate) fn of<'a>(&'a self, suites: &'a [Suite]) -> Result<Vec<Planned<'a>>> {
        let names: Vec<&str> = suites.iter().map(|suite| suite.name).collect();
        let asked = known("suite", self.suites, &names)?;
        let chosen: Vec<&Suite> = if asked.is_empty() {
            suites.iter().collect()
        } else {
            asked.iter().filter_map(|name| suites.iter().find(|suite| suite.name == name)).collect()
        };
        self.check_sizes(&chosen)?;
        let mut rows: Vec<(usize, Planned<'a>)> = Vec::new();
        for suite in chosen {
            for benchmark in suite.benchmarks.iter().filter(|benchmark| benchmark.name.contains(self.filter)) {
                let sizes = self.sizes_of(benchmark);
                let plan = |(place, (size, n))| (place, Planned { suite, benchmark, size, n });
                rows.extend(sizes.into_iter().enumerate().map(plan));
            }
        }
        ensure!(!rows.is_empty(), "no benchmark is left: see `hloom bench list`");
        rows.sort_by_key(|(place, _)| *place);
        Ok(rows.into_iter().map(|(_, row)| row).collect())
    }

    fn sizes_of<'a>(&'a self, benchmark: &'a Benchmark) -> Vec<(&'a str, usize)> {
        if self.sizes.is_empty() {
            return benchmark.sizes.iter().map(|size| (size.name, size.n)).collect();
        }
        let size = |asked: &'a String| match asked.parse() {
            Ok(n) => Some((asked.as_str(), n)),
            Err(_) => benchmark.sizes.iter().find(|size| size.name == asked).map(|size| (size.name, size.n)),
        };
        self.sizes.iter().filter_map(size).collect()
    }

    /// A size is a number, or the name of a size of some benchmark.
    fn check_sizes(&self, suites: &[&Suite]) -> Result<()> {
        let mut names: Vec<&str> = Vec::new();
        for size in suites.iter().flat_map(|suite| &suite.benchmarks).flat_map(|benchmark| &benchmark.sizes) {
            if !names.contains(&size.name) {
                names.push(size.name);
            }
        }
        for size in self.sizes {
            match size.parse::<usize>() {
                Ok(0) => bail!("a size is at least 1"),
                Ok(_) => {}
                Err(_) => {
                    known("size", std::slice::from_ref(size), &names)?;
                }
            }
        }
        Ok(())
    }
}

/// Finds one benchmark by its name, with its suite before it if need be.
///
/// # Errors
/// If there is none of the name, or several.
pub(crate) fn find<'a>(path: &str, suites: &'a [Suite]) -> Result<(&'a Suite, &'a Benchmark)> {
    let all = suites.iter().flat_map(|suite| suite.benchmarks.iter().map(move |benchmark| (suite, benchmark)));
    let named = |(suite, benchmark): &(&Suite, &Benchmark)| match path.split_once('/') {
        Some((within, name)) if suite.name == within => benchmark.name == name,
        _ => benchmark.name == path,
    };
    let found: Vec<_> = all.clone().filter(named).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => {
            let names: Vec<&str> = all.map(|(_, benchmark)| benchmark.name.as_str()).collect();
            known("benchmark", &[path.to_owned()], &names)?;
            bail!("there is no benchmark '{path}'")
        }
        several => {
            let suites: Vec<&str> = several.iter().map(|(suite, _)| suite.name).collect();
            bail!("'{path}' is in several suites, say which: {}", suites.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suites() -> Vec<Suite> {
        let benchmark = |name: &str, sizes: &[(&'static str, usize)]| Benchmark::new(name, "").sizes(sizes.to_vec());
        vec![
            Suite::new("one", "", [benchmark("add", &[("S", 1), ("L", 10)]), benchmark("mul", &[("S", 2)])]),
            Suite::new("two", "", [benchmark("add", &[("XL", 100)]), benchmark("sort", &[("S", 3)])]),
        ]
    }

    fn rows(selection: &Selection<'_>) -> Result<Vec<String>> {
        let suites = suites();
        let rows = selection.of(&suites)?;
        Ok(rows.iter().map(|row| format!("{}/{} {} {}", row.suite.name, row.benchmark.name, row.size, row.n)).collect())
    }

    #[test]
    fn small_sizes_come_first() {
        let found = rows(&Selection::default()).unwrap();
        assert_eq!(found, ["one/add S 1", "one/mul S 2", "two/add XL 100", "two/sort S 3", "one/add L 10"]);
    }

    #[test]
    fn suites_names_and_sizes_select() {
        let strings = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let (suite, sizes) = (strings(&["two"]), strings(&["S", "7"]));
        let selection = Selection { suites: &suite, filter: "so", sizes: &sizes };
        assert_eq!(rows(&selection).unwrap(), ["two/sort S 3", "two/sort 7 7"]);
        let unknown = strings(&["tow"]);
        let error = rows(&Selection { suites: &unknown, ..Selection::default() }).unwrap_err().to_string();
        assert!(error.contains("known: one, two"), "{error}");
        let unknown = strings(&["M"]);
        let error = rows(&Selection { sizes: &unknown, ..Selection::default() }).unwrap_err().to_string();
        assert!(error.contains("known: S, L, XL"), "{error}");
        assert!(rows(&Selection { sizes: &strings(&["0"]), ..Selection::default() }).is_err());
        assert!(rows(&Selection { filter: "nothing", ..Selection::default() }).is_err());
    }

    #[test]
    fn one_benchmark_is_found_by_its_name() {
        let suites = suites();
        assert_eq!(find("mul", &suites).unwrap().0.name, "one");
        assert_eq!(find("two/add", &suites).unwrap().1.sizes[0].n, 100);
        assert!(find("add", &suites).unwrap_err().to_string().contains("one, two"));
        assert!(find("sotr", &suites).unwrap_err().to_string().contains("did you mean 'sort'"));
    }
}
