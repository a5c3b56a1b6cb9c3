//! Tells the benchmarks which versions of the peers they are built with: `VERSION_NDARRAY` and so on, from the lock file.

/// The crates that peers are, by the names of the variables.
const PEERS: [(&str, &str); 3] = [("NDARRAY", "ndarray"), ("CANDLE", "candle-core"), ("BURN", "burn-ndarray")];

fn main() {
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock");
    println!("cargo::rerun-if-changed={lock}");
    println!("cargo::rerun-if-changed=build.rs");
    let text = std::fs::read_to_string(lock).unwrap_or_default();
    for (variable, name) in PEERS {
        if let Some(version) = version(&text, name) {
            println!("cargo::rustc-env=VERSION_{variable}={version}");
        }
    }
}

/// The version of a crate that this package depends on. Where the file has several, the dependency says which.
fn version<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let packages = || lock.split("[[package]]");
    let is_named = |package: &&str, name: &str| package.contains(&format!("\nname = \"{name}\"\n"));
    let own = packages().find(|package| is_named(package, env!("CARGO_PKG_NAME")))?;
    let dependency = own.lines().filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\","));
    let chosen = dependency.filter_map(|dependency| dependency.strip_prefix(name)?.strip_prefix(' ')).next();
    chosen.or_else(|| {
        let package = packages().find(|package| is_named(package, name))?;
        package.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'))
    })
}
