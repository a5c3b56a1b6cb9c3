//! Products of stacks of matrices and vectors: `matmul`, `vecdot`, `matvec` and `vecmat`.

use hloom_ir::{NodeId, Shape, broadcast_shapes, normalize_axis, result_type};

use super::contract::{Label, Labelled, arranged, product};
use super::dot::conjugated;
use super::tight;
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Axes, Error, NdArray, Result};

/// The matrix product.
///
/// **Shapes**: `[…, n, k]` and `[…, k, m]` to `[…, n, m]`, where `…` broadcast; a 1-d operand is a row
/// on the left and a column on the right, and its axis vanishes from the result.
/// **Dtypes**: any, to the promoted dtype; bool is OR of ANDs.
///
/// # Errors
/// The result is in error: `ValueError` for a 0-d operand or shapes that do not fit.
///
/// # Examples
/// ```
/// let a = hloom::array([[1.0, 2.0], [3.0, 4.0]]);
/// assert_eq!(hloom::matmul(&a, [1.0, 0.5]).to_string(), "[2. 5.]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.matmul.html>
#[track_caller]
pub fn matmul<'a, 'b>(a: impl IntoOperand<'a>, b: impl IntoOperand<'b>) -> NdArray {
    let (a, b) = (a.into_operand(), b.into_operand());
    Call::of("matmul", &[&a, &b]).record(|builder| {
        let [a, b] = converted(builder, &a, &b)?;
        matmul_of(builder, a, b)
    })
}

/// The sum of the products of two vectors, the first conjugated, of each pair in two stacks.
///
/// **Shapes**: `[…, k]` and `[…, k]` to `[…]`, where `…` broadcast. An axis puts `k` elsewhere, in both alike; `..` is the
/// last.
/// **Dtypes**: any, to the promoted dtype; bool is OR of ANDs.
/// **Keywords**, through [`axis`](crate::axis()): keepdims.
///
/// # Errors
/// The result is in error: `ValueError` for a 0-d operand or shapes that do not fit, `AxisError`, `TypeError` for several axes.
///
/// # Examples
/// ```
/// let a = hloom::array([[1, 2, 2], [3, 0, 4]]);
/// assert_eq!(hloom::vecdot(&a, &a, ..).to_string(), "[ 9 25]");
/// assert_eq!(hloom::vecdot(&a, &a, 0).to_string(), "[10  4 20]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.vecdot.html>
#[track_caller]
pub fn vecdot<'a, 'b>(a: impl IntoOperand<'a>, b: impl IntoOperand<'b>, axis: impl Into<Axes>) -> NdArray {
    let (a, b, axes) = (a.into_operand(), b.into_operand(), axis.into());
    Call::of("vecdot", &[&a, &b]).record(|builder| {
        axes.keywords("vecdot", &[])?;
        let [a, b] = converted(builder, &a, &b)?;
        vecdot_of(builder, a, b, axes.single()?.unwrap_or(-1), axes.keeps_dims())
    })
}

/// The product of each matrix of a stack with a vector.
///
/// **Shapes**: `[…, n, k]` and `[…, k]` to `[…, n]`, where `…` broadcast.
/// **Dtypes**: any, to the promoted dtype; bool is OR of ANDs.
///
/// # Errors
/// The result is in error (`ValueError`) for operands of too few axes or shapes that do not fit.
///
/// # Examples
/// ```
/// let a = hloom::array([[1, 2], [3, 4]]);
/// assert_eq!(hloom::matvec(&a, [[1, 0], [1, 1]]).to_string(), "[[1 3]\n [3 7]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.matvec.html>
#[track_caller]
pub fn matvec<'a, 'b>(a: impl IntoOperand<'a>, b: impl IntoOperand<'b>) -> NdArray {
    const FORM: Form = Form { name: "matvec", signature: "(m,n),(n)->(m)", left: &[ROW, SUMMED], right: &[SUMMED] };
    let (a, b) = (a.into_operand(), b.into_operand());
    Call::of(FORM.name, &[&a, &b]).record(|builder| {
        let [a, b] = converted(builder, &a, &b)?;
        FORM.record(builder, a, b)
    })
}

/// The product of a vector, conjugated, with each matrix of a stack.
///
/// **Shapes**: `[…, k]` and `[…, k, m]` to `[…, m]`, where `…` broadcast.
/// **Dtypes**: any, to the promoted dtype; bool is OR of ANDs.
///
/// # Errors
/// The result is in error (`ValueError`) for operands of too few axes or shapes that do not fit.
///
/// # Examples
/// ```
/// let b = hloom::array([[1, 2], [3, 4]]);
/// assert_eq!(hloom::vecmat([[1, 0], [1, 1]], &b).to_string(), "[[1 2]\n [4 6]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.vecmat.html>
#[track_caller]
pub fn vecmat<'a, 'b>(a: impl IntoOperand<'a>, b: impl IntoOperand<'b>) -> NdArray {
    const FORM: Form = Form { name: "vecmat", signature: "(n),(n,m)->(m)", left: &[SUMMED], right: &[SUMMED, COLUMN] };
    let (a, b) = (a.into_operand(), b.into_operand());
    Call::of(FORM.name, &[&a, &b]).record(|builder| {
        let [a, b] = converted(builder, &a, &b)?;
        let a = conjugated(builder, a)?;
        FORM.record(builder, a, b)
    })
}

impl NdArray {
    /// The matrix product; see [`matmul`].
    #[track_caller]
    pub fn matmul<'b>(&self, other: impl IntoOperand<'b>) -> NdArray {
        matmul(self, other)
    }
}

/// Operands in the dtype that they promote to.
fn converted(builder: &mut Builder<'_>, a: &Operand<'_>, b: &Operand<'_>) -> Result<[NodeId; 2]> {
    let dtype = result_type(&[builder.arg_type(a)?, builder.arg_type(b)?])?;
    Ok([builder.operand_as(a, dtype)?, builder.operand_as(b, dtype)?])
}

/// The matrix product of two arrays of one dtype.
pub(in crate::numpy) fn matmul_of(builder: &mut Builder<'_>, a: NodeId, b: NodeId) -> Result<NodeId> {
    let is_vector = |builder: &Builder<'_>, x| Ok::<_, Error>(builder.ty(x)?.shape.ndim() < 2);
    let left: &[Label] = if is_vector(builder, a)? { &[SUMMED] } else { &[ROW, SUMMED] };
    let right: &[Label] = if is_vector(builder, b)? { &[SUMMED] } else { &[SUMMED, COLUMN] };
    Form { name: "matmul", signature: "(n?,k),(k,m?)->(n?,m?)", left, right }.record(builder, a, b)
}

/// Sums of products along an axis of two arrays of one dtype.
fn vecdot_of(builder: &mut Builder<'_>, a: NodeId, b: NodeId, axis: i64, keeps_dims: bool) -> Result<NodeId> {
    let form = Form { name: "vecdot", signature: "(n),(n)->()", left: &[SUMMED], right: &[SUMMED] };
    let shapes = [builder.shape(a)?, builder.shape(b)?];
    form.require_axes(&shapes)?;
    let places = [normalize_axis(axis, shapes[0].ndim())?, normalize_axis(axis, shapes[1].ndim())?];
    form.require_extents(shapes[0][places[0]], shapes[1][places[1]])?;
    let a = conjugated(builder, a)?;
    let result = form.multiply(builder, [a, b], &places.map(|place| vec![(place, SUMMED)]))?;
    if !keeps_dims {
        return Ok(result);
    }
    let mut shape = builder.shape(result)?;
    shape.insert(normalize_axis(axis, shape.ndim() + 1)?, 1);
    builder.reshape(result, shape)
}

const SUMMED: Label = usize::MAX;
const ROW: Label = usize::MAX - 1;
const COLUMN: Label = usize::MAX - 2;

/// A product of the last axes of two arrays, with the axes before them broadcast.
struct Form {
    name: &'static str,
    /// As NumPy's messages show it.
    signature: &'static str,
    /// What the last axes of the left operand are.
    left: &'static [Label],
    /// What those of the right one are.
    right: &'static [Label],
}

impl Form {
    fn record(&self, builder: &mut Builder<'_>, a: NodeId, b: NodeId) -> Result<NodeId> {
        let shapes = [builder.shape(a)?, builder.shape(b)?];
        self.require_axes(&shapes)?;
        let placed = |shape: &Shape, core: &[Label]| -> Vec<(usize, Label)> {
            core.iter().enumerate().map(|(idx, &label)| (shape.ndim() - core.len() + idx, label)).collect()
        };
        let places = [placed(&shapes[0], self.left), placed(&shapes[1], self.right)];
        let summed = |idx: usize| {
            let place = places[idx].iter().find(|(_, label)| *label == SUMMED);
            place.map_or(1, |&(axis, _)| shapes[idx][axis])
        };
        self.require_extents(summed(0), summed(1))?;
        self.multiply(builder, [a, b], &places)
    }

    fn require_axes(&self, shapes: &[Shape; 2]) -> Result<()> {
        for (idx, (shape, core)) in shapes.iter().zip([self.left, self.right]).enumerate() {
            if shape.ndim() < core.len() {
                return Err(Error::value(format!(
                    "{}: Input operand {idx} does not have enough dimensions (has {}, gufunc core with signature {} \
                     requires {})",
                    self.name,
                    shape.ndim(),
                    self.signature,
                    core.len()
                )));
            }
        }
        Ok(())
    }

    fn require_extents(&self, k: usize, found: usize) -> Result<()> {
        if k == found {
            return Ok(());
        }
        Err(Error::value(format!(
            "{}: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature {} (size {found} is \
             different from {k})",
            self.name, self.signature
        )))
    }

    /// The product, where `places` say which axes are not broadcast.
    fn multiply(
        &self,
        builder: &mut Builder<'_>,
        nodes: [NodeId; 2],
        places: &[Vec<(usize, Label)>; 2],
    ) -> Result<NodeId> {
        let shapes = [builder.shape(nodes[0])?, builder.shape(nodes[1])?];
        let core = |idx: usize, axis: usize| places[idx].iter().find(|place| place.0 == axis).map(|place| place.1);
        let batch = |idx: usize| -> Shape {
            (0..shapes[idx].ndim()).filter(|&axis| core(idx, axis).is_none()).map(|axis| shapes[idx][axis]).collect()
        };
        let batches = [batch(0), batch(1)];
        let n_batch = match broadcast_shapes(batches.iter().map(|batch| &**batch)) {
            Ok(batch) => batch.ndim(),
            Err(_) => return Err(self.mismatch(&shapes, &batches, places)),
        };
        let labelled = |idx: usize| {
            // Broadcast axes are counted from the end.
            let mut next = n_batch - batches[idx].ndim();
            let label = |axis: usize| {
                core(idx, axis).unwrap_or_else(|| {
                    next += 1;
                    next - 1
                })
            };
            Labelled::new(nodes[idx], (0..shapes[idx].ndim()).map(label))
        };
        let mut kept: Vec<Label> = (0..n_batch).collect();
        kept.extend(self.left.iter().chain(self.right).copied().filter(|&label| label != SUMMED));
        let result = product(builder, labelled(0), labelled(1), &kept)?;
        arranged(builder, &result, &kept)
    }

    /// NumPy's error for axes that do not broadcast.
    fn mismatch(&self, shapes: &[Shape; 2], batches: &[Shape; 2], places: &[Vec<(usize, Label)>; 2]) -> Error {
        let of_result = |idx: usize| {
            places[idx].iter().filter(|place| place.1 != SUMMED).map(move |&(axis, _)| shapes[idx][axis].to_string())
        };
        let requested: Vec<String> = of_result(0).chain(of_result(1)).collect();
        let remapped = |idx: usize| {
            let new = requested.iter().map(|_| "newaxis".to_owned());
            let extents: Vec<String> = batches[idx].iter().map(ToString::to_string).chain(new).collect();
            let comma = if extents.len() == 1 { "," } else { "" };
            format!("{}->({}{comma})", tight(&shapes[idx]), extents.join(","))
        };
        Error::value(format!(
            "operands could not be broadcast together with remapped shapes [original->remapped]: {} {}  and requested shape \
             ({})",
            remapped(0),
            remapped(1),
            requested.join(",")
        ))
    }
}
