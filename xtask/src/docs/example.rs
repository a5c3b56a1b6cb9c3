//! The example of the README: the one that the library's documentation opens with, which is tested.

use anyhow::{Context, Result};

use crate::workspace;

const SOURCE: &str = "crates/hloom/src/lib.rs";

pub(super) fn block() -> Result<String> {
    let code = first_example(&workspace::read(SOURCE)?).with_context(|| format!("{SOURCE} opens with no example"))?;
    Ok(format!("```rust\n{code}```\n"))
}

/// The first fenced block of a file's own documentation, without the lines that rustdoc hides.
fn first_example(source: &str) -> Option<String> {
    let documentation = source.lines().map_while(|line| line.strip_prefix("//!"));
    let lines = documentation.map(|line| line.strip_prefix(' ').unwrap_or(line));
    let mut code = String::new();
    let mut is_inside = false;
    for line in lines {
        if line.starts_with("```") {
            if is_inside {
                return Some(code);
            }
            is_inside = true;
        } else if is_inside && line != "#" && !line.starts_with("# ") {
            code += line;
            code.push('\n');
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_lines_are_left_out() {
        let source =
            "//! Text.\n//!\n//! ```\n//! # use x;\n//! let a = 1;\n//!\n//! f(a)?;\n//! ```\n//! ```\n//! no\n";
        assert_eq!(first_example(source).unwrap(), "let a = 1;\n\nf(a)?;\n");
        assert_eq!(first_example("//! Text.\nfn f() {}\n//! ```\n//! ```\n"), None);
    }
}
