//! Rust types that are array elements. Knows only how each maps to a [`DType`].

use crate::DType;

mod sealed {
    pub trait Sealed {}
}

/// A Rust type that is stored in arrays as it lies in memory.
///
/// `bool` is the one exception to plain-old-data: its bytes are 0 or 1 on every device.
pub trait Element: sealed::Sealed + Copy + PartialEq + std::fmt::Debug + Send + Sync + 'static {
    /// The dtype of arrays that hold this type.
    const DTYPE: DType;

    /// The bytes of a slice of elements, in native order.
    fn as_bytes(slice: &[Self]) -> &[u8];

    /// Copies elements out of bytes in native order; a trailing partial element is ignored.
    ///
    /// The bytes need no alignment. For `bool` any byte other than 0 is true.
    fn from_bytes(bytes: &[u8]) -> Vec<Self>;
}

/// Elements out of bytes, by the kind of their dtype.
macro_rules! read {
    (Bool $element:ty, $bytes:ident) => {
        $bytes.iter().map(|&byte| byte != 0).collect()
    };
    ($kind:ident $element:ty, $bytes:ident) => {{
        let whole = $bytes.len() / size_of::<$element>() * size_of::<$element>();
        bytemuck::pod_collect_to_vec(&$bytes[..whole])
    }};
}

macro_rules! define {
    ($($variant:ident $name:ident $short:ident {$kind:ident $($fact:tt)*} ($element:ty) $meaning:literal;)*) => { $(
        impl sealed::Sealed for $element {}
        impl Element for $element {
            const DTYPE: DType = DType::$variant;

            fn as_bytes(slice: &[Self]) -> &[u8] {
                bytemuck::cast_slice(slice)
            }

            fn from_bytes(bytes: &[u8]) -> Vec<Self> {
                read!($kind $element, bytes)
            }
        }
    )* };
}

crate::for_each_dtype!(define);

/// Runs an expression with a name for the Rust type of a dtype's elements, as in `with_element!(dtype, T => f::<T>())`.
///
/// Who uses it needs the crates `half` and `num_complex`, whose types are among them.
#[macro_export]
macro_rules! with_element {
    ($dtype:expr, $element:ident => $body:expr) => {
        $crate::for_each_dtype!($crate::element_arms, ($dtype) $element ($body))
    };
}

/// What [`with_element`] is made of.
#[doc(hidden)]
#[macro_export]
macro_rules! element_arms {
    (($dtype:expr) $name:ident ($body:expr)
        $($variant:ident $numpy:ident $short:ident {$($fact:tt)*} ($element:ty) $meaning:literal;)*) => {
        match $dtype {
            $($crate::DType::$variant => {
                type $name = $element;
                $body
            })*
        }
    };
}

#[cfg(test)]
mod tests {
    use num_complex::Complex;

    use super::*;

    #[test]
    fn bytes_round_trip() {
        let values = [Complex::new(1.5f32, -2.0), Complex::new(0.0, 3.0)];
        assert_eq!(Complex::<f32>::from_bytes(Complex::<f32>::as_bytes(&values)), values);
        assert_eq!(bool::from_bytes(&[0, 1, 2]), [false, true, true]);
        assert_eq!(i32::from_bytes(&[1, 0, 0, 0, 9]), [1]);
    }
}
