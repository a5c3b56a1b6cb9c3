//! Opening the page of a benchmark run in a browser. Knows where browsers are; what the page has to show is known to the
//! test.

use std::env;
use std::ffi::OsString;

use anyhow::{Context, Result};

use crate::process;

/// The variable that names the browser, for people and for the test.
const VARIABLE: &str = "HLOOM_BROWSER";

/// What Chromium is called by those who pack it.
const NAMES: [&str; 6] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// Checks the page of an invented run in Chromium, and leaves pictures of it.
pub(crate) fn check() -> Result<()> {
    let browser = browser().with_context(|| {
        format!(
            "there is no Chromium here: install it (Debian: `apt-get install chromium`), name one in {VARIABLE}, or leave \
             the step out with `--skip page`"
        )
    })?;
    let mut test = process::cargo();
    test.args(["test", "--package", "hloom-bench", "--features", "browser", "--test", "page"]).env(VARIABLE, browser);
    process::run(&mut test)?;
    println!("pictures of the page are in the folder `tmp/page` under the target folder");
    Ok(())
}

/// The browser that is named or, if none is, the first that runs.
fn browser() -> Option<OsString> {
    let named = env::var_os(VARIABLE).filter(|named| !named.is_empty());
    named.or_else(|| NAMES.into_iter().find(|name| runs(name)).map(OsString::from))
}

fn runs(name: &str) -> bool {
    process::output(process::program(name).arg("--version")).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_run_is_no_browser() {
        assert!(runs("cargo"));
        assert!(!runs("no-such-browser"));
    }
}
