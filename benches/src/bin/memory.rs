//! Prints the bytes that a pending operation takes.
//!
//! A program of its own, so that counting allocations slows down no other measurement.
#![forbid(unsafe_code)]

use std::alloc::System;

use cap::Cap;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

fn main() {
    println!("{}", hloom_benches::memory::bytes_per_pending_node(|| ALLOCATOR.allocated()));
}
