//! What the example programs compute, apart from arguments, printing and plots, so that tests run the
//! same code. Knows only the public surface of hloom.
#![forbid(unsafe_code)]

pub mod co2;
pub mod ecg;
pub mod equalize;
pub mod kmeans;
