//! What goes wrong, and how it is said: illegal operations, missing plugins, damaged caches, no memory.

mod cache;
mod device;
mod errors;
mod flags;
mod fork;
mod hostile;
