//! Sets of axes, and shapes without them.

use std::fmt;

use crate::{MAX_NDIM, Shape};

/// A set of axes. Iterates in ascending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct AxisSet(u64);

impl AxisSet {
    /// All axes of an array of `ndim` axes.
    pub fn all(ndim: usize) -> AxisSet {
        (0..ndim).collect()
    }

    /// Whether the axis is in the set.
    pub const fn contains(self, axis: usize) -> bool {
        axis < MAX_NDIM && self.0 >> axis & 1 == 1
    }

    /// The number of axes in the set.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether the set has no axis.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The axes in ascending order.
    pub fn iter(self) -> impl Iterator<Item = usize> + Clone {
        (0..MAX_NDIM).filter(move |&axis| self.contains(axis))
    }

    /// The set as a bit mask, axis 0 lowest.
    pub const fn bits(self) -> u64 {
        self.0
    }
}

impl Shape {
    /// The extents of the axes that are not in a set.
    pub fn without(&self, axes: AxisSet) -> Shape {
        self.iter().enumerate().filter(|&(axis, _)| !axes.contains(axis)).map(|(_, &extent)| extent).collect()
    }

    /// The shape with the axes in a set at extent 1.
    pub fn with_ones_at(&self, axes: AxisSet) -> Shape {
        let extent = |(axis, &extent)| if axes.contains(axis) { 1 } else { extent };
        self.iter().enumerate().map(extent).collect()
    }
}

impl FromIterator<usize> for AxisSet {
    /// Axes from [`MAX_NDIM`] on are left out: no array has them.
    fn from_iter<I: IntoIterator<Item = usize>>(axes: I) -> AxisSet {
        AxisSet(axes.into_iter().filter(|&axis| axis < MAX_NDIM).fold(0, |bits, axis| bits | 1 << axis))
    }
}

impl fmt::Display for AxisSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
