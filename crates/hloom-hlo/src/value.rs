//! The instructions that formulas are written in, as methods and operators of values.
//!
//! Every method is one instruction, or a few with one obvious meaning, and checks that its operands fit.
//! Knows nothing about the operations of a graph or NumPy's rules.

use std::ops;

use hloom_ir::{AxisSet, DType, Kind, Literal, Shape, Type, Weak};

use crate::builder::{Computation, Form, call};
use crate::types::ints;

pub(crate) use crate::builder::Value;

/// What may stand beside a value: another value of its type, or a number that takes its type.
pub(crate) trait Operand<'b>: Copy {
    /// The operand in the type of `other`.
    fn beside(self, other: Value<'b>) -> Value<'b>;
}

impl<'b> Operand<'b> for Value<'b> {
    fn beside(self, _other: Value<'b>) -> Value<'b> {
        self
    }
}

impl<'b> Operand<'b> for f64 {
    fn beside(self, other: Value<'b>) -> Value<'b> {
        other.like(self)
    }
}

impl<'b> Operand<'b> for i64 {
    fn beside(self, other: Value<'b>) -> Value<'b> {
        other.like(self)
    }
}

impl<'b> Value<'b> {
    /// Whether it is an array of a type.
    fn has(self, ty: &Type) -> bool {
        self.builder().inspect(self, |form| matches!(form, Form::Array(own) if own == ty))
    }

    fn require(self, holds: bool, message: impl FnOnce() -> String) {
        if !holds {
            self.fail(message());
        }
    }

    /// A number in this value's type.
    pub(crate) fn like(self, number: impl Into<Weak>) -> Value<'b> {
        let ty = self.ty();
        self.builder().constant(number.into().saturating_literal(ty.dtype), &ty.shape)
    }

    /// A literal of any dtype in this value's shape.
    pub(crate) fn literal_like(self, literal: Literal) -> Value<'b> {
        self.builder().constant(literal, &self.shape())
    }

    /// An element-wise instruction that keeps the type.
    pub(crate) fn unary(self, opcode: &'static str) -> Value<'b> {
        self.builder().array(opcode, self.ty(), &[self], |_| {})
    }

    /// An element-wise instruction of two values of one type.
    pub(crate) fn binary(self, opcode: &'static str, other: impl Operand<'b>) -> Value<'b> {
        let other = other.beside(self);
        let ty = self.ty();
        self.require(other.has(&ty), || {
            format!("{opcode}: expected operands of one type, got {ty} and {}", other.ty())
        });
        self.builder().array(opcode, ty, &[self, other], |_| {})
    }

    /// Compares in a direction: `EQ`, `NE`, `LT`, `LE`, `GT` or `GE`.
    pub(crate) fn compare(self, direction: &'static str, other: impl Operand<'b>) -> Value<'b> {
        let other = other.beside(self);
        let ty = self.ty();
        self.require(other.has(&ty), || format!("compare: expected operands of one type, got {ty} and {}", other.ty()));
        let ty = Type { dtype: DType::Bool, shape: ty.shape };
        self.builder().array("compare", ty, &[self, other], |instruction| {
            instruction.comparison_direction = direction.to_owned();
        })
    }

    /// Where both are equal.
    pub(crate) fn equals(self, other: impl Operand<'b>) -> Value<'b> {
        self.compare("EQ", other)
    }

    /// Where both differ or cannot be compared.
    pub(crate) fn differs(self, other: impl Operand<'b>) -> Value<'b> {
        self.compare("NE", other)
    }

    /// Where this is less.
    pub(crate) fn below(self, other: impl Operand<'b>) -> Value<'b> {
        self.compare("LT", other)
    }

    /// Where this is less or equal.
    pub(crate) fn at_most(self, other: impl Operand<'b>) -> Value<'b> {
        self.compare("LE", other)
    }

    /// Where this is greater.
    pub(crate) fn above(self, other: impl Operand<'b>) -> Value<'b> {
        self.compare("GT", other)
    }

    /// Where this is greater or equal.
    pub(crate) fn at_least(self, other: impl Operand<'b>) -> Value<'b> {
        self.compare("GE", other)
    }

    /// `then` where this bool is true, else `otherwise`; at least one must be a value.
    pub(crate) fn select(self, then: Value<'b>, otherwise: impl Operand<'b>) -> Value<'b> {
        let otherwise = otherwise.beside(then);
        let (predicate, then_ty, otherwise_ty) = (self.ty(), then.ty(), otherwise.ty());
        let fits = then_ty == otherwise_ty && predicate.dtype == DType::Bool && predicate.shape == then_ty.shape;
        self.require(fits, || {
            format!("select: expected choices of one type, got {predicate}, {then_ty}, {otherwise_ty}")
        });
        self.builder().array("select", then_ty, &[self, then, otherwise], |_| {})
    }

    /// XLA's own conversion. Between real and complex dtypes see [`Value::complex`] and [`Value::real`].
    pub(crate) fn convert(self, dtype: DType) -> Value<'b> {
        let ty = self.ty();
        if ty.dtype == dtype {
            return self;
        }
        self.require(!ty.dtype.is_complex() || dtype.is_complex(), || format!("convert: {ty} has no {dtype} value"));
        self.builder().array("convert", Type { dtype, shape: ty.shape }, &[self], |_| {})
    }

    /// The same bits as another dtype of the same width.
    pub(crate) fn bitcast(self, dtype: DType) -> Value<'b> {
        let ty = self.ty();
        if ty.dtype == dtype {
            return self;
        }
        self.require(ty.dtype.size() == dtype.size(), || format!("bitcast-convert: {ty} is not as wide as {dtype}"));
        self.builder().array("bitcast-convert", Type { dtype, shape: ty.shape }, &[self], |_| {})
    }

    /// The real part of a complex value; a real value itself.
    pub(crate) fn real(self) -> Value<'b> {
        self.complex_part("real").unwrap_or(self)
    }

    /// The imaginary part of a complex value; zero for a real value.
    pub(crate) fn imag(self) -> Value<'b> {
        self.complex_part("imag").unwrap_or_else(|| self.like(0))
    }

    fn complex_part(self, opcode: &'static str) -> Option<Value<'b>> {
        let ty = self.ty();
        let part = Type { dtype: ty.dtype.real(), shape: ty.shape };
        if !ty.dtype.is_complex() {
            return None;
        }
        if let Some(number) = self.number() {
            let (real, imag) = number.bytes().split_at(part.dtype.size());
            let literal = Literal::from_bytes(part.dtype, if opcode == "real" { real } else { imag });
            return literal.map(|literal| self.builder().constant(literal, &part.shape));
        }
        Some(self.builder().array(opcode, part, &[self], |_| {}))
    }

    /// The complex value with this as its real part.
    pub(crate) fn complex(self, imag: impl Operand<'b>) -> Value<'b> {
        let imag = imag.beside(self);
        let (ty, imag_ty) = (self.ty(), imag.ty());
        let fits = ty == imag_ty && ty.dtype.complex().real() == ty.dtype;
        self.require(fits, || format!("complex: expected parts of one type, got {ty} and {imag_ty}"));
        let ty = Type { dtype: ty.dtype.complex(), shape: ty.shape };
        self.builder().array("complex", ty, &[self, imag], |_| {})
    }

    /// The elements in row-major order under another shape.
    pub(crate) fn reshape(self, shape: &Shape) -> Value<'b> {
        let ty = self.ty();
        if ty.shape == *shape {
            return self;
        }
        self.require(ty.shape.size() == shape.size(), || format!("reshape: {ty} has not the size of {shape}"));
        self.builder().array("reshape", Type { dtype: ty.dtype, shape: shape.clone() }, &[self], |_| {})
    }

    /// The value broadcast by NumPy's rule.
    ///
    /// HLO's broadcast adds dimensions and never stretches one, so those of size 1 that grow are
    /// dropped first.
    pub(crate) fn broadcast(self, shape: &Shape) -> Value<'b> {
        let ty = self.ty();
        if ty.shape == *shape {
            return self;
        }
        let Some(offset) = shape.ndim().checked_sub(ty.shape.ndim()) else {
            self.fail(format!("broadcast: {ty} has more axes than {shape}"));
            return self;
        };
        let fits = ty.shape.iter().zip(&shape[offset..]).all(|(&from, &to)| from == to || from == 1);
        self.require(fits, || format!("broadcast: {ty} does not broadcast to {shape}"));
        if let Some(number) = self.number() {
            return self.builder().constant(number, shape);
        }
        let kept: Vec<usize> = (0..ty.shape.ndim()).filter(|&axis| ty.shape[axis] == shape[offset + axis]).collect();
        let dense = self.reshape(&kept.iter().map(|&axis| ty.shape[axis]).collect());
        if dense.shape() == *shape {
            return dense;
        }
        self.builder().array("broadcast", Type { dtype: ty.dtype, shape: shape.clone() }, &[dense], |instruction| {
            instruction.dimensions = ints(kept.iter().map(|axis| offset + axis));
        })
    }

    /// The elements along `axes` made one by `computation`, starting from `initial`.
    pub(crate) fn reduce(self, initial: Literal, axes: AxisSet, computation: Computation) -> Value<'b> {
        let ty = self.ty();
        if axes.is_empty() {
            return self;
        }
        let shape = ty.shape.without(axes);
        self.require(initial.dtype() == ty.dtype, || format!("reduce: expected {}, got {initial:?}", ty.dtype));
        self.require(axes.iter().all(|axis| axis < ty.shape.ndim()), || format!("reduce: {axes:?} of {ty}"));
        let initial = self.builder().constant(initial, &Shape::scalar());
        self.builder().array("reduce", Type { dtype: ty.dtype, shape }, &[self, initial], |instruction| {
            instruction.dimensions = ints(axes.iter());
            call(instruction, computation);
        })
    }

    /// The number that the value is everywhere, if it was built as one.
    pub(crate) fn number(self) -> Option<Literal> {
        self.builder().number(self)
    }

    /// The value without a trace of how it is computed, for real and complex floats: NaN put in where it is NaN
    /// anyway. Unlike a barrier, this is no obstacle to fusion.
    pub(crate) fn hidden(self) -> Value<'b> {
        match self.dtype().kind() {
            Kind::Bool | Kind::Unsigned | Kind::Signed => self,
            Kind::Float | Kind::Complex => self.equals(self).select(self, f64::NAN),
        }
    }

    /// A float in which the compiler sees no number and no operation: with a negative zero added that it does not know,
    /// which changes no number. bfloat16, which is computed in float32 and rounded after each operation, and others stay as
    /// they are; for float16 there are processors with instructions of its own.
    pub(crate) fn unknown(self) -> Value<'b> {
        let ty = self.ty();
        if ty.dtype.is_float() && ty.dtype != DType::BF16 {
            self + self.builder().unknown_zero(ty.dtype).broadcast(&ty.shape)
        } else {
            self
        }
    }

    /// An integer whose arithmetic stays with XLA: what computes reductions for its CPU compiler (YNNPACK) takes the
    /// operations before them too, and saturates 8-bit integers where they wrap. It does not know `and`.
    pub(crate) fn wrapped(self) -> Value<'b> {
        let dtype = self.dtype();
        match dtype.kind() {
            Kind::Signed if dtype.size() == 1 => self & -1,
            Kind::Unsigned if dtype.size() == 1 => self & i64::from(u8::MAX),
            Kind::Bool | Kind::Signed | Kind::Unsigned | Kind::Float | Kind::Complex => self,
        }
    }

    /// A point that fusion does not cross.
    pub(crate) fn barrier(self) -> Value<'b> {
        self.unary("opt-barrier")
    }

    /// The magnitude of a real value.
    pub(crate) fn abs(self) -> Value<'b> {
        match self.dtype().kind() {
            Kind::Bool | Kind::Unsigned => self,
            Kind::Signed | Kind::Float | Kind::Complex => self.unary("abs"),
        }
    }

    /// The square root.
    pub(crate) fn sqrt(self) -> Value<'b> {
        self.unary("sqrt")
    }

    /// The exponential.
    pub(crate) fn exp(self) -> Value<'b> {
        self.unary("exponential")
    }

    /// The natural logarithm.
    pub(crate) fn log(self) -> Value<'b> {
        self.unary("log")
    }

    /// `log(1 + x)`.
    pub(crate) fn log1p(self) -> Value<'b> {
        self.unary("log-plus-one")
    }

    /// The angle of the point (`x`, self).
    ///
    /// The CPU compiler folds the angle of two zeros that it knows to NaN, and makes a known `x` of exactly 1 into a
    /// vectorized inverse tangent that returns garbage from 64 elements on: it must know neither.
    pub(crate) fn atan2(self, x: impl Operand<'b>) -> Value<'b> {
        self.unknown().binary("atan2", x.beside(self).unknown())
    }

    /// The greater of both, NaN if either is.
    pub(crate) fn max(self, other: impl Operand<'b>) -> Value<'b> {
        self.binary("maximum", other)
    }

    /// The lesser of both, NaN if either is.
    pub(crate) fn min(self, other: impl Operand<'b>) -> Value<'b> {
        self.binary("minimum", other)
    }

    /// Where the value is not a number; nowhere for dtypes without NaN.
    pub(crate) fn is_nan(self) -> Value<'b> {
        match self.dtype().kind() {
            Kind::Bool | Kind::Unsigned | Kind::Signed => self.literal_like(Literal::new(false)),
            Kind::Float => self.differs(self),
            Kind::Complex => self.real().is_nan() | self.imag().is_nan(),
        }
    }

    /// Where the value is an infinity; nowhere for dtypes without infinities.
    pub(crate) fn is_inf(self) -> Value<'b> {
        match self.dtype().kind() {
            Kind::Bool | Kind::Unsigned | Kind::Signed => self.literal_like(Literal::new(false)),
            Kind::Float => self.abs().equals(f64::INFINITY),
            Kind::Complex => self.real().is_inf() | self.imag().is_inf(),
        }
    }

    /// Where the value is not zero; NaN is not.
    pub(crate) fn is_nonzero(self) -> Value<'b> {
        match self.dtype().kind() {
            Kind::Bool => self,
            Kind::Unsigned | Kind::Signed | Kind::Float => self.differs(0),
            Kind::Complex => self.real().differs(0) | self.imag().differs(0),
        }
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $opcode:literal),* $(,)?) => { $(
        impl<'b, O: Operand<'b>> ops::$trait<O> for Value<'b> {
            type Output = Value<'b>;

            fn $method(self, other: O) -> Value<'b> {
                self.binary($opcode, other)
            }
        }
    )* };
}

operators! {
    Add add "add", Sub sub "subtract", Mul mul "multiply", Div div "divide",
    BitAnd bitand "and", BitOr bitor "or", BitXor bitxor "xor",
}

impl<'b> ops::Neg for Value<'b> {
    type Output = Value<'b>;

    fn neg(self) -> Value<'b> {
        self.unary("negate")
    }
}

impl<'b> ops::Not for Value<'b> {
    type Output = Value<'b>;

    fn not(self) -> Value<'b> {
        self.unary("not")
    }
}
