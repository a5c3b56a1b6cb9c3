//! What the user may choose about printing. Knows nothing of how the choices are carried out.

/// How arrays are printed: the settings of NumPy's `set_printoptions`, with NumPy's defaults.
///
/// ```
/// use hloom::PrintOptions;
///
/// let mut options = PrintOptions::default();
/// options.precision = 3;
/// options.suppress = true;
/// assert_eq!(options.threshold, 1000);
/// ```
///
/// **Source**: [numpy.set_printoptions](https://numpy.org/doc/stable/reference/generated/numpy.set_printoptions.html).
/// With `edgeitems` 0 the columns are as wide as the elements shown need, not as wide as any element of the
/// array would.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PrintOptions {
    /// Digits after the decimal point, read according to `floatmode`; 8.
    pub precision: usize,
    /// Arrays of more elements than this are summarized; 1000.
    pub threshold: usize,
    /// Items shown at either end of a summarized axis; 3.
    pub edgeitems: usize,
    /// Characters in a line; 75.
    pub linewidth: usize,
    /// Whether small numbers may read as zero rather than turn the array to scientific notation; false.
    pub suppress: bool,
    /// What stands before numbers that are not negative; nothing.
    pub sign: Sign,
    /// What `precision` means; at most so many digits.
    pub floatmode: FloatMode,
}

impl Default for PrintOptions {
    fn default() -> PrintOptions {
        PrintOptions {
            precision: 8,
            threshold: 1000,
            edgeitems: 3,
            linewidth: 75,
            suppress: false,
            sign: Sign::Minus,
            floatmode: FloatMode::MaxPrec,
        }
    }
}

/// What stands before numbers that are not negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sign {
    /// Nothing; NumPy's `'-'`.
    #[default]
    Minus,
    /// A plus; NumPy's `'+'`.
    Plus,
    /// A space; NumPy's `' '`.
    Space,
}

/// What [`PrintOptions::precision`] means for floating-point numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FloatMode {
    /// Exactly so many digits, whether the value needs them or not.
    Fixed,
    /// Precision is ignored: as many digits as tell each value from its neighbours.
    Unique,
    /// At most so many digits, fewer where the value needs fewer.
    #[default]
    MaxPrec,
    /// As [`FloatMode::MaxPrec`], but all elements get as many digits as the one that needs most.
    MaxPrecEqual,
}
