//! Golden tests: programs in, text out. `UPDATE_EXPECT=1 cargo test -p hloom-tests` writes the files anew;
//! the difference is read before it is committed.

mod hlo;
mod line;
