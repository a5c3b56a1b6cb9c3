//! The conformance suite: NumPy's recorded answers, asked again of this library.
//!
//! The road of one case: [`corpus`] hands out lines, [`case`] reads them into host [`value`]s,
//! [`dispatch`] calls the library, [`encode`] writes the answer down, [`compare`] holds it against
//! NumPy's within the case's tolerance and [`score`] turns the verdicts into a table. [`worker`] does
//! the asking in child processes, so that a crash costs one case and not the run. Only [`dispatch`]
//! knows the library; everything else would score any other runner's results alike.

pub mod case;
pub mod compare;
pub mod corpus;
pub mod decomposition;
pub mod dispatch;
pub mod encode;
pub mod floors;
pub mod score;
pub mod value;
pub mod worker;
