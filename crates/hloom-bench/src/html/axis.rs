//! Logarithmic axes: where a value lies, and which powers of ten are marked. Knows nothing of markup.

/// How much room there is beyond the outermost values, as a share of the axis.
const MARGIN: f64 = 0.06;

/// A logarithmic axis between two coordinates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Axis {
    /// An axis that shows values, as far as they have a logarithm. None if no value has. Two powers of ten at least lie on it.
    pub(super) fn over(values: impl IntoIterator<Item = f64>, from: f64, to: f64) -> Option<Axis> {
        let logarithms = values.into_iter().map(f64::log10).filter(|it| it.is_finite());
        let (low, high) =
            logarithms.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), it| (low.min(it), high.max(it)));
        if low > high {
            return None;
        }
        let margin = (high - low) * MARGIN;
        let (mut low, mut high) = (low - margin, high + margin);
        if high.floor() - low.ceil() < 1.0 {
            // To the next powers of ten, and one more if they are the same.
            (low, high) = (low.floor(), high.ceil());
            if high - low < 1.0 {
                high = low + 1.0;
            }
        }
        Some(Axis { low, high, from, to })
    }

    /// The coordinate of a value; none if it has no logarithm.
    pub(super) fn at(&self, value: f64) -> Option<f64> {
        let logarithm = value.log10();
        logarithm
            .is_finite()
            .then(|| self.from + (logarithm - self.low) / (self.high - self.low) * (self.to - self.from))
    }

    /// The exponents of the powers of ten that are marked, with their coordinates: so many at most.
    pub(super) fn ticks(&self, most: usize) -> Vec<(i32, f64)> {
        let all: Vec<i32> = (self.low.ceil() as i32..=self.high.floor() as i32).collect();
        let step = all.len().div_ceil(most.max(1)).max(1);
        let placed = all.into_iter().step_by(step);
        placed.filter_map(|exponent| Some((exponent, self.at(10f64.powi(exponent))?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exponents(values: &[f64], most: usize) -> Vec<i32> {
        let axis = Axis::over(values.iter().copied(), 0.0, 100.0).unwrap();
        for &value in values.iter().filter(|value| **value > 0.0) {
            assert!((0.0..=100.0).contains(&axis.at(value).unwrap()), "{value} is off the axis");
        }
        axis.ticks(most).into_iter().map(|(exponent, _)| exponent).collect()
    }

    #[test]
    fn powers_of_ten_are_marked() {
        assert_eq!(exponents(&[1.0, 1e4], 9), [0, 1, 2, 3, 4]);
        assert_eq!(exponents(&[200.0, 300.0], 9), [2, 3]);
        assert_eq!(exponents(&[100.0], 9), [2, 3]);
        assert_eq!(exponents(&[0.0, 50.0, 5_000.0], 9), [2, 3]);
        assert_eq!(exponents(&[1.0, 1e8], 5), [0, 2, 4, 6, 8]);
    }

    #[test]
    fn equal_factors_are_equal_lengths() {
        let axis = Axis::over([1.0, 100.0], 100.0, 0.0).unwrap();
        let at = |value| axis.at(value).unwrap();
        assert!((at(1.0) - at(10.0) - (at(10.0) - at(100.0))).abs() < 1e-9);
        assert!(at(1.0) > at(100.0));
    }

    #[test]
    fn what_has_no_logarithm_is_left_out() {
        assert!(Axis::over([0.0, -1.0, f64::NAN, f64::INFINITY], 0.0, 1.0).is_none());
        assert!(Axis::over([1.0], 0.0, 1.0).unwrap().at(0.0).is_none());
    }
}
