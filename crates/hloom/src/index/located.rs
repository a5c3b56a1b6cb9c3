//! Positions that a function is given as an array of integers: read and checked where they have values, checked by the
//! program where they have none.

use hloom_ir::{Binary, Bounds, Casting, DType, Literal, NodeId, Type, can_cast};

use super::IndexMode;
use crate::check::BuildChecks;
use crate::convert::from_checked_bytes;
use crate::record::{self, Build, Builder, Call};
use crate::{Error, NdArray, Result};

/// Positions along an axis.
#[derive(Clone, Debug)]
pub(crate) struct Located {
    /// Integers, as int64 unless the program checks them.
    positions: NdArray,
    bounds: Bounds,
    what_is_left: Left,
}

/// What is to be done before the positions lie on their axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    Nothing,
    Check,
    Wrap,
    Clip,
}

impl Located {
    /// Positions along an axis of an array. In [`IndexMode::Raise`] they are read, unless they belong to a trace or are known
    /// to lie on the axis.
    ///
    /// # Errors
    /// The error of the [`Bounds`] for a position that is not on the axis; of an array in error; of reading it.
    #[track_caller]
    pub(crate) fn new(positions: &NdArray, bounds: Bounds, mode: IndexMode) -> Result<Located> {
        let ty = positions.try_type()?;
        let located =
            |positions: NdArray, what_is_left| Ok(Located { positions, bounds: bounds.clone(), what_is_left });
        match mode {
            _ if ty.shape.size() == 0 => return located(positions.astype(DType::I64), Left::Nothing),
            IndexMode::Wrap => return located(positions.clone(), Left::Wrap),
            IndexMode::Clip => return located(positions.clone(), Left::Clip),
            IndexMode::Raise => {}
        }
        if positions.is_traced() || record::lock().is_within(positions.node(), bounds.extent()) {
            return located(positions.clone(), Left::Check);
        }
        let name = bounds.access.name();
        let wide = Call::named(name).record(|builder| {
            let narrow = builder.within_i64(positions.node())?;
            builder.convert(narrow, DType::I64)
        });
        let found = wide.materialize(name)?.read(|bytes| scan(bytes, &bounds))?;
        if let Some(outside) = found.outside {
            return Err(bounds.error(outside).into());
        }
        if !found.has_negative {
            return located(wide, Left::Nothing);
        }
        let extent = bounds.extent() as i64;
        let mut from_start = wide.elements::<i64>(name)?;
        for position in &mut from_start {
            *position += if *position < 0 { extent } else { 0 };
        }
        let ty = Type { dtype: DType::I64, shape: ty.shape };
        located(from_checked_bytes(ty, bytemuck::cast_slice(&from_start)), Left::Nothing)
    }

    /// The positions in the graph: int64, counted from the start, on their axis.
    pub(crate) fn record(&self, builder: &mut Builder<'_>) -> Result<NodeId> {
        let positions = self.positions.node();
        match self.what_is_left {
            Left::Nothing => Ok(positions),
            Left::Check => builder.checked_positions(positions, self.bounds.clone()),
            Left::Wrap => {
                let extent = builder.constant(Literal::new(self.bounds.extent() as i64));
                let positions = builder.convert(positions, DType::I64)?;
                builder.apply(Binary::Remainder, positions, extent)
            }
            Left::Clip => {
                let last = builder.constant(Literal::new(self.bounds.extent() as i64 - 1));
                let first = builder.constant(Literal::new(0i64));
                let positions = builder.convert(positions, DType::I64)?;
                let positions = builder.apply(Binary::Maximum, positions, first)?;
                builder.apply(Binary::Minimum, positions, last)
            }
        }
    }
}

/// What a look at positions found.
struct Found {
    outside: Option<i64>,
    has_negative: bool,
}

/// Looks for positions that are not on their axis.
fn scan(bytes: &[u8], bounds: &Bounds) -> Found {
    let extent = bounds.extent() as i64;
    let from_end = if bounds.access.counts_from_end() { -extent } else { 0 };
    let positions = || bytes.as_chunks::<8>().0.iter().map(|&bytes| i64::from_ne_bytes(bytes));
    // The two extremes at once, so that a processor compares several elements at a time.
    let (least, greatest) = positions()
        .fold((i64::MAX, i64::MIN), |(least, greatest), position| (least.min(position), greatest.max(position)));
    let is_outside = |position: &i64| *position < from_end || *position >= extent;
    let outside = if is_outside(&least) || is_outside(&greatest) { positions().find(is_outside) } else { None };
    Found { outside, has_negative: least < 0 }
}

/// Refuses an array that is no array of integers for a function that converts positions under a casting rule.
///
/// # Errors
/// `TypeError`; the error of an array in error.
pub(crate) fn require_positions(array: &NdArray, casting: Casting) -> Result<()> {
    let dtype = array.try_dtype()?;
    match can_cast(dtype, DType::I64, casting) {
        true => Ok(()),
        false => Err(Error::type_(format!(
            "Cannot cast array data from dtype('{dtype}') to dtype('int64') according to the rule '{}'",
            casting.name()
        ))),
    }
}
