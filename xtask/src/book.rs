//! The book's pages as documentation, so that `cargo test` runs their examples. Knows the pages that
//! have any; there is no code here.
#![forbid(unsafe_code)]

macro_rules! pages {
    ($($name:ident $path:literal;)*) => { $(
        #[cfg(doctest)]
        #[doc = include_str!(concat!("../../docs/src/", $path))]
        mod $name {}
    )* };
}

pages! {
    getting_started "getting-started.md";
    laziness "guide/laziness.md";
    errors "guide/errors.md";
    indexing "guide/indexing.md";
    compiled_functions "guide/compiled-functions.md";
    control_flow "guide/control-flow.md";
    random "guide/random.md";
    printing "guide/printing.md";
    performance_model "guide/performance-model.md";
    numpy_differences "numpy-differences.md";
    ecg "examples/ecg.md";
    equalize "examples/equalize.md";
    left_operand "decisions/0001-left-operand-literals.md";
    index_arrays "decisions/0002-index-arrays-are-read.md";
}
