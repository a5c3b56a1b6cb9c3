//! Elements taken out of arrays and put into them: what is left is moved together, or apart.

use hloom_ir::{Binary, DType, Indexing, Kind, Literal, NodeId, Shape, Type};
use smallvec::SmallVec;

use super::along::{
    Of0d, gather, joined, line, line_in, line_of, moved, padded, part, window, with_extent, with_leading_ones,
};
use super::permute::named_axis;
use crate::convert::from_checked_bytes;
use crate::index::{Cut, INPUT_ARRAY, assigned, fitted, slice, within};
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Axes, Error, Index, NdArray, Result};

/// The array without the positions of an axis that an index names, or, with `..`, without those of the flattened array.
///
/// An integer, and where consecutive positions start, are inputs of the program. The values of index arrays and masks decide
/// how many are left, so they are computed.
///
/// **Shapes**: `[…, n, …]` to the same with as many positions less.
/// **Dtypes**: any, to the same.
///
/// # Errors
/// The result is in error: `IndexError` for a position out of bounds, or an index that is neither integers nor a slice nor a
/// mask; `ValueError` for a mask of another shape than the axis; `AxisError`; else as [`NdArray::data`].
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let x = hloom::array([[1, 2, 3], [4, 5, 6]]);
/// assert_eq!(hloom::delete(&x, 1, 0).to_string(), "[[1 2 3]]");
/// assert_eq!(hloom::delete(&x, [0, -1], 1).to_string(), "[[2]\n [5]]");
/// assert_eq!(hloom::delete(&x, 1..5, ..).to_string(), "[1 6]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.delete.html>
#[track_caller]
pub fn delete<'a>(x: impl IntoOperand<'a>, obj: impl Into<Index>, axis: impl Into<Axes>) -> NdArray {
    let (x, obj, axes) = (x.into_operand(), obj.into(), axis.into());
    let call = Call::of("delete", &x);
    let removed = axis_of("delete", &x, &axes).and_then(|(axis, extent)| Removed::read(&obj, axis, extent));
    match removed {
        Ok(removed) => call.record(|builder| {
            let x = builder.operand(&x)?;
            let (x, axis) = line_of(builder, x, axes.single()?, Of0d::NoAxis)?;
            removed.take_out(builder, x, axis)
        }),
        Err(error) => call.error(error),
    }
}

/// The positions of an axis that are taken out.
enum Removed {
    Nothing,
    /// Consecutive ones.
    Window {
        start: usize,
        len: usize,
    },
    /// Several, `stride` apart.
    Spaced {
        start: usize,
        len: usize,
        stride: usize,
    },
    /// All but those that an array names.
    AllBut(NdArray),
}

impl Removed {
    #[track_caller]
    fn read(obj: &Index, axis: usize, extent: usize) -> Result<Removed> {
        let mut keeps = match obj {
            Index::At(position) => {
                return Ok(Removed::Window { start: within(*position, axis, extent)?, len: 1 });
            }
            Index::Slice { start, stop, step } => {
                return Ok(match slice(*start, *stop, *step, extent)? {
                    Cut::Window { len: 0, .. } | Cut::Static { len: 0, .. } => Removed::Nothing,
                    Cut::Window { start, len } | Cut::Static { start, len, stride: 1, .. } => {
                        Removed::Window { start, len }
                    }
                    Cut::Static { start, len, stride, .. } => Removed::Spaced { start, len, stride },
                    Cut::At(_) | Cut::Traced(_) => return Err(Error::internal("a slice is one position")),
                });
            }
            Index::Array(array) if array.try_dtype()?.kind() == Kind::Bool => {
                if array.try_shape()? != [extent] {
                    return Err(Error::value(format!(
                        "boolean array argument obj to delete must be one dimensional and match the axis length of \
                         {extent}"
                    )));
                }
                array.elements::<bool>("delete")?.into_iter().map(|is_out| !is_out).collect::<Vec<bool>>()
            }
            Index::Array(array) => {
                let positions = positions_in(array, "delete")?;
                if let [position] = positions[..] {
                    return Ok(Removed::Window { start: within(position, axis, extent)?, len: 1 });
                }
                let mut keeps = vec![true; extent];
                for position in positions {
                    keeps[within(position, axis, extent)?] = false;
                }
                keeps
            }
            Index::Ellipsis | Index::NewAxis => return Err(no_positions()),
        };
        keeps.truncate(extent);
        let kept: Vec<i64> =
            keeps.into_iter().enumerate().filter(|&(_, keeps)| keeps).map(|(place, _)| place as i64).collect();
        Ok(if kept.len() == extent { Removed::Nothing } else { Removed::AllBut(index_array(&kept)) })
    }

    fn take_out(&self, builder: &mut Builder<'_>, x: NodeId, axis: usize) -> Result<NodeId> {
        let extent = builder.ty(x)?.shape[axis];
        match *self {
            Removed::Nothing => Ok(x),
            Removed::Window { start, len } => {
                let before = part(builder, x, axis, 0..extent - len)?;
                let after = part(builder, x, axis, len..extent)?;
                split_at(builder, before, after, axis, start)
            }
            Removed::Spaced { start, len, stride } => {
                // The first of each group is taken out, and the one that begins the last group.
                let last = start + (len - 1) * stride;
                let before = part(builder, x, axis, 0..start)?;
                let groups = part(builder, x, axis, start..last)?;
                let mut apart = builder.shape(groups)?;
                let together = with_extent(&apart, axis, (len - 1) * (stride - 1));
                apart.as_mut_slice()[axis] = len - 1;
                apart.insert(axis + 1, stride);
                let groups = builder.reshape(groups, apart)?;
                let rest = part(builder, groups, axis + 1, 1..stride)?;
                let rest = builder.reshape(rest, together)?;
                let after = part(builder, x, axis, last + 1..extent)?;
                joined(builder, &[before, rest, after], axis)
            }
            Removed::AllBut(ref kept) => gather(builder, x, axis, kept.node()),
        }
    }
}

/// The array with values put in before positions of an axis, or of the flattened array with `..`.
///
/// One integer puts all of the values in there, several one value each, as positions of the array as it was. An integer is an
/// input of the program; the values of index arrays and masks are computed.
///
/// **Shapes**: `[…, n, …]` to the same with as many positions more. Beside an integer, the first axis of the values counts how
/// many are put in; beside several positions, they are broadcast to one for each.
/// **Dtypes**: any, to the same; the values are converted.
///
/// # Errors
/// The result is in error: `IndexError` for a position out of bounds, or an index that is neither integers nor a slice nor a
/// mask; `ValueError` for values that do not fit, or an index of more than one axis; `OverflowError` for a Rust integer that
/// the dtype cannot hold; `AxisError`; else as [`NdArray::data`].
///
/// # Examples
/// ```
/// let x = hloom::array([[1, 2], [3, 4]]);
/// assert_eq!(hloom::insert(&x, 1, 9, ..).to_string(), "[1 9 2 3 4]");
/// assert_eq!(hloom::insert(&x, 1, [8, 9], 1).to_string(), "[[1 8 2]\n [3 9 4]]");
/// assert_eq!(hloom::insert([1, 2, 3], [0, 2], [8, 9], 0).to_string(), "[8 1 2 9 3]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.insert.html>
#[track_caller]
pub fn insert<'a, 'b>(
    x: impl IntoOperand<'a>,
    obj: impl Into<Index>,
    values: impl IntoOperand<'b>,
    axis: impl Into<Axes>,
) -> NdArray {
    let (x, obj, values, axes) = (x.into_operand(), obj.into(), values.into_operand(), axis.into());
    let call = Call::of("insert", &x);
    let places = axis_of("insert", &x, &axes).and_then(|(axis, extent)| Places::read(&obj, axis, extent));
    match places {
        Ok(places) => call.record(|builder| {
            let x = builder.operand(&x)?;
            let (x, axis) = line_of(builder, x, axes.single()?, Of0d::NoAxis)?;
            places.put_in(builder, x, axis, &values)
        }),
        Err(error) => call.error(error),
    }
}

/// Where values are put in.
enum Places {
    /// All before one position.
    At {
        position: usize,
        /// Whether it was written as one number, beside which the first axis of the values goes along the axis.
        is_number: bool,
    },
    /// One before each of several positions.
    Each {
        n_places: usize,
        /// For each position of the result, that of its element among those of the array and the values after them.
        sources: NdArray,
    },
}

impl Places {
    #[track_caller]
    fn read(obj: &Index, axis: usize, extent: usize) -> Result<Places> {
        let mut is_number = false;
        let positions: Vec<i64> = match obj {
            Index::At(position) => {
                is_number = true;
                vec![*position]
            }
            Index::Slice { start, stop, step } => match slice(*start, *stop, *step, extent)? {
                Cut::Window { start, len } => (start..start + len).map(|place| place as i64).collect(),
                Cut::Static { start, len, stride, reversed } => {
                    let mut places: Vec<i64> = (0..len).map(|turn| (start + turn * stride) as i64).collect();
                    if reversed {
                        places.reverse();
                    }
                    places
                }
                Cut::At(_) | Cut::Traced(_) => return Err(Error::internal("a slice is one position")),
            },
            Index::Array(array) if array.try_dtype()?.kind() == Kind::Bool => {
                if array.try_shape()?.ndim() != 1 {
                    return Err(Error::value("boolean array argument obj to insert must be one dimensional"));
                }
                let truths = array.elements::<bool>("insert")?;
                truths.into_iter().enumerate().filter(|&(_, truth)| truth).map(|(place, _)| place as i64).collect()
            }
            Index::Array(array) => {
                let ndim = array.try_shape()?.ndim();
                if ndim > 1 {
                    return Err(Error::value("index array argument obj to insert must be one dimensional or scalar"));
                }
                is_number = ndim == 0;
                positions_in(array, "insert")?
            }
            Index::Ellipsis | Index::NewAxis => return Err(no_positions()),
        };
        if let [position] = positions[..] {
            let from_start = if position < 0 { position.saturating_add_unsigned(extent as u64) } else { position };
            let position = usize::try_from(from_start).ok().filter(|&place| place <= extent).ok_or_else(|| {
                Error::index(format!("index {position} is out of bounds for axis {axis} with size {extent}"))
            })?;
            return Ok(Places::At { position, is_number });
        }
        Ok(Places::Each { n_places: positions.len(), sources: index_array(&sources(&positions, axis, extent)?) })
    }

    fn put_in(&self, builder: &mut Builder<'_>, x: NodeId, axis: usize, values: &Operand<'_>) -> Result<NodeId> {
        let Type { dtype, shape } = builder.ty(x)?.clone();
        let extent = shape[axis];
        let values = assigned(builder, values, x)?;
        match *self {
            Places::At { position, is_number } => {
                let mut values = with_leading_ones(builder, values, shape.ndim())?;
                if is_number {
                    values = moved(builder, values, 0, axis)?;
                }
                let n_new = builder.ty(values)?.shape[axis];
                let values = fitted(builder, values, &with_extent(&shape, axis, n_new), INPUT_ARRAY)?;
                with_extent(&shape, axis, extent.saturating_add(n_new)).check()?;
                let zero = builder.constant(Literal::zero(dtype));
                let before = padded(builder, x, axis, (0, n_new), zero)?;
                let after = padded(builder, x, axis, (n_new, 0), zero)?;
                let apart = split_at(builder, before, after, axis, position)?;
                let start = builder.constant(Literal::new(0i64));
                let mut operands: SmallVec<[NodeId; 8]> = SmallVec::from_elem(start, shape.ndim() + 2);
                (operands[0], operands[1]) = (apart, values);
                operands[axis + 2] = builder.position(position);
                builder.op(Indexing::DynamicUpdateSlice, &operands)
            }
            Places::Each { n_places, ref sources } => {
                let values = fitted(builder, values, &with_extent(&shape, axis, n_places), INPUT_ARRAY)?;
                if n_places == 0 {
                    return Ok(x);
                }
                let all = joined(builder, &[x, values], axis)?;
                gather(builder, all, axis, sources.node())
            }
        }
    }
}

/// For each position of the result of [`insert`], the position of its element in the array with the values after it.
fn sources(positions: &[i64], axis: usize, extent: usize) -> Result<Vec<i64>> {
    let n_values = positions.len();
    let wrapped = |position: i64| if position < 0 { position.saturating_add_unsigned(extent as u64) } else { position };
    let positions: Vec<i64> = positions.iter().map(|&position| wrapped(position)).collect();
    let mut order: Vec<usize> = (0..n_values).collect();
    order.sort_by_key(|&value| positions[value]);
    let mut sources: Vec<Option<usize>> = vec![None; extent + n_values];
    for (n_before, &value) in order.iter().enumerate() {
        let place = within(positions[value].saturating_add_unsigned(n_before as u64), axis, extent + n_values)?;
        sources[place] = Some(extent + value);
    }
    let n_left = sources.iter().filter(|source| source.is_none()).count();
    if n_left != extent {
        return Err(Error::value(format!("cannot put {extent} elements into the {n_left} places beside the values")));
    }
    let mut old = 0..extent as i64;
    Ok(sources.into_iter().filter_map(|source| source.map_or_else(|| old.next(), |value| Some(value as i64))).collect())
}

/// `before` up to a position of an axis, and `after` from there on. The position is an input of the program.
fn split_at(builder: &mut Builder<'_>, before: NodeId, after: NodeId, axis: usize, position: usize) -> Result<NodeId> {
    let shape = builder.shape(before)?;
    let places = Type { dtype: DType::I64, shape: line(shape.ndim(), axis, shape[axis]) };
    let places = builder.iota(places, axis)?;
    let position = builder.position(position);
    let is_before = builder.apply(Binary::Less, places, position)?;
    builder.select(is_before, before, after)
}

/// Positions as an array, before the recorder is locked.
#[track_caller]
fn index_array(positions: &[i64]) -> NdArray {
    from_checked_bytes(Type::new(DType::I64, [positions.len()]), bytemuck::cast_slice(positions))
}

/// The elements of an array of integers.
#[track_caller]
fn positions_in(array: &NdArray, function: &'static str) -> Result<Vec<i64>> {
    let ty = array.try_type()?;
    if !ty.dtype.is_integer() {
        return if ty.shape.size() == 0 && ty.shape.ndim() == 1 { Ok(Vec::new()) } else { Err(no_positions()) };
    }
    let mut positions = array.astype(DType::I64).elements::<i64>(function)?;
    if ty.dtype == DType::U64 {
        for position in &mut positions {
            if *position < 0 {
                *position = i64::MAX;
            }
        }
    }
    Ok(positions)
}

fn no_positions() -> Error {
    Error::index("arrays used as indices must be of integer (or boolean) type")
}

/// The axis that is edited, with its extent.
fn axis_of(name: &str, x: &Operand<'_>, axes: &Axes) -> Result<(usize, usize)> {
    axes.arguments(name, &[])?;
    let shape = match x.as_array() {
        Some(array) => array.try_shape()?,
        None => Shape::scalar(),
    };
    let (shape, axis) = line_in(&shape, axes.single()?, Of0d::NoAxis)?;
    Ok((axis, shape[axis]))
}

/// The array without the zeros at the ends of its axes: of all of them (`..`), or of those given. A NaN is no zero. This
/// computes the array.
///
/// **Shapes**: `[…]` to the smallest part that holds all that is not zero.
/// **Dtypes**: any, to the same.
/// **Keywords**, through [`axis`](crate::axis()): trim.
///
/// # Errors
/// The result is in error: `ValueError` for another `trim` than `"f"`, `"b"` and both, or an axis that is given twice;
/// `AxisError`; else as [`NdArray::data`].
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let x = hloom::array([0, 0, 1, 0, 2, 0]);
/// assert_eq!(hloom::trim_zeros(&x, ..).to_string(), "[1 0 2]");
/// assert_eq!(hloom::trim_zeros(&x, axis(..).trim("f")).to_string(), "[1 0 2 0]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.trim_zeros.html>
#[track_caller]
pub fn trim_zeros<'a>(x: impl IntoOperand<'a>, axis: impl Into<Axes>) -> NdArray {
    let (x, axes) = (x.into_operand().into_array(), axis.into());
    let call = Call::of("trim_zeros", &x);
    match bounds(&x, &axes) {
        Ok(bounds) => call.record(|builder| {
            bounds
                .into_iter()
                .try_fold(x.node(), |x, (axis, start, stop)| window(builder, x, axis, start, stop - start))
        }),
        Err(error) => call.error(error),
    }
}

/// The axes that are trimmed, with where what is left of them starts and stops.
#[track_caller]
fn bounds(x: &NdArray, axes: &Axes) -> Result<Vec<(usize, usize, usize)>> {
    let keywords = axes.arguments("trim_zeros", &["trim"])?;
    let trim = keywords.trim.as_deref().unwrap_or("fb").to_lowercase();
    let (front, back) = match trim.as_str() {
        "fb" | "bf" => (true, true),
        "f" => (true, false),
        "b" => (false, true),
        _ => return Err(Error::value(format!("unexpected character(s) in `trim`: '{trim}'"))),
    };
    let shape = x.try_shape()?;
    let trimmed: Vec<usize> = match axes.written() {
        None => (0..shape.ndim()).collect(),
        Some(written) => written.iter().map(|&axis| named_axis("axis", axis, shape.ndim())).collect::<Result<_>>()?,
    };
    if trimmed.iter().enumerate().any(|(idx, axis)| trimmed[..idx].contains(axis)) {
        return Err(Error::value("repeated axis in `axis` argument"));
    }
    let is_filled = x.astype(DType::Bool);
    let mut bounds = Vec::with_capacity(trimmed.len());
    for axis in trimmed {
        let others: Vec<usize> = (0..shape.ndim()).filter(|&other| other != axis).collect();
        let filled = is_filled.any(others).elements::<bool>("trim_zeros")?;
        let first = filled.iter().position(|&filled| filled);
        let last = filled.iter().rposition(|&filled| filled);
        bounds.push(match (first, last) {
            (Some(first), Some(last)) => {
                (axis, if front { first } else { 0 }, if back { last + 1 } else { shape[axis] })
            }
            _ => (axis, 0, 0),
        });
    }
    Ok(bounds)
}
