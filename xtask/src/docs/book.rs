//! The pages of the book and the README: every page is in the table of contents, every relative link leads
//! to a file, and every heading that is linked to exists. Knows Markdown as far as it takes to find links.

use anyhow::{Result, bail};

use crate::workspace::{self, File};

const FOLDER: &str = "docs/src";
const SUMMARY: &str = "docs/src/SUMMARY.md";

/// Pages outside of the book whose links are checked too.
const OTHER_PAGES: &[&str] = &["README.md", "CHANGELOG.md", "tests/conformance/README.md"];

pub(super) fn check() -> Result<()> {
    let mut pages = Vec::new();
    workspace::files_under(FOLDER, "md", &mut pages)?;
    let mut wrong = unlisted(&pages, &workspace::read(SUMMARY)?);
    for path in OTHER_PAGES {
        pages.push(File { path: (*path).to_owned(), text: workspace::read(path)? });
    }
    for page in &pages {
        for link in links(&page.text) {
            if !leads_somewhere(page, link, &pages) {
                wrong.push(format!("{}: `{link}` leads nowhere", page.path));
            }
        }
    }
    if !wrong.is_empty() {
        bail!("pages of the documentation:\n  {}", wrong.join("\n  "));
    }
    Ok(())
}

fn unlisted(pages: &[File], summary: &str) -> Vec<String> {
    let listed: Vec<String> = links(summary).map(|link| resolved(SUMMARY, link)).collect();
    let is_listed = |page: &&File| page.path == SUMMARY || listed.contains(&page.path);
    pages.iter().filter(|page| !is_listed(page)).map(|page| format!("{} is not in {SUMMARY}", page.path)).collect()
}

fn leads_somewhere(page: &File, link: &str, pages: &[File]) -> bool {
    if link.contains("://") || link.starts_with("mailto:") {
        return true;
    }
    let (target, anchor) = link.split_once('#').unwrap_or((link, ""));
    let path = if target.is_empty() { page.path.clone() } else { resolved(&page.path, target) };
    if !workspace::root().join(&path).exists() {
        return false;
    }
    let headings = pages.iter().find(|page| page.path == path).map(|page| headings(&page.text));
    anchor.is_empty() || headings.is_none_or(|headings| headings.iter().any(|heading| heading == anchor))
}

/// The targets of inline links, outside of code.
fn links(text: &str) -> impl Iterator<Item = &str> {
    prose(text).flat_map(|line| {
        // Code spans are the odd parts between backquotes; a link's text may hold one.
        line.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
    })
}

/// The lines outside of fenced code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

/// The anchors of a page's headings, as mdBook makes them.
fn headings(text: &str) -> Vec<String> {
    let titles = prose(text).filter_map(|line| line.strip_prefix('#').map(|rest| rest.trim_start_matches('#').trim()));
    titles
        .map(|title| {
            let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            kept.collect::<String>().to_lowercase().replace(' ', "-")
        })
        .collect()
}

/// A path relative to a page's folder, from the root.
fn resolved(page: &str, target: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_outside_of_code() {
        let text = "See [a](x.md) and [`b`](../y.md#z).\n```rust\nlet f = v[0](1);\n```\n";
        assert_eq!(links(text).collect::<Vec<_>>(), ["x.md", "../y.md#z"]);
    }

    #[test]
    fn targets_are_resolved_from_the_page() {
        assert_eq!(resolved("docs/src/guide/a.md", "../b.md"), "docs/src/b.md");
        assert_eq!(resolved("README.md", "docs/src/b.md"), "docs/src/b.md");
    }

    #[test]
    fn anchors_are_those_of_headings() {
        let page = File { path: SUMMARY.to_owned(), text: "# A page's `name`\n```\n# code\n```\n".to_owned() };
        assert_eq!(headings(&page.text), ["a-pages-name"]);
        let pages = [File { path: page.path.clone(), text: page.text.clone() }];
        assert!(leads_somewhere(&page, "#a-pages-name", &pages));
        assert!(!leads_somewhere(&page, "#code", &pages));
        assert!(!leads_somewhere(&page, "no-such-page.md", &pages));
    }

    #[test]
    fn pages_outside_of_the_contents_are_found() {
        let page = |name: &str| File { path: format!("{FOLDER}/{name}"), text: String::new() };
        assert_eq!(unlisted(&[page("a.md"), page("b.md")], "- [A](a.md)").len(), 1);
    }
}
