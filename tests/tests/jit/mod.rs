//! Compiled functions: what a signature is, what a call passes, what a trace refuses, and their stages.

mod calls;
mod donation;
mod files;
mod guards;
mod signatures;
mod stages;
mod traces;
mod trees;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts how often a function is traced: a side effect of its closure.
#[derive(Clone, Default)]
struct Traces(Arc<AtomicUsize>);

impl Traces {
    fn note(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// An error without the line it names.
fn without_line(error: &hloom::Error) -> String {
    let text = error.to_string();
    let end = [", recorded at ", ", at "].iter().filter_map(|mark| text.rfind(mark)).max();
    text[..end.unwrap_or(text.len())].to_owned()
}
