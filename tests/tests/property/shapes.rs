//! Shape algebra: broadcasting against a naive model, and changes of shape that undo each other.

use hloom::{NdArray, Order};
use proptest::prelude::*;

use super::cases;
use super::dice::dice;
use super::model::{broadcast, broadcast_index, ravel, unravel};

fn numbered(shape: &[usize]) -> (NdArray, Vec<i64>) {
    let values: Vec<i64> = (0..shape.iter().product::<usize>() as i64).collect();
    (NdArray::from(values.clone()).reshape(shape), values)
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn broadcasting_is_that_of_the_model(mut dice in dice(24)) {
        let shapes: Vec<Vec<usize>> = (0..dice.below(4)).map(|_| dice.shape(4, 3)).collect();
        let found = hloom::broadcast_shapes(shapes.iter()).ok().map(|shape| shape.to_vec());
        prop_assert_eq!(found, broadcast(&shapes.iter().collect::<Vec<_>>()), "{:?}", shapes);
    }
}

proptest! {
    #![proptest_config(cases(32))]

    #[test]
    fn broadcast_elements_are_those_of_the_model(mut dice in dice(24)) {
        let (shape, other) = (dice.shape(3, 3), dice.shape(3, 3));
        let Some(common) = broadcast(&[&shape, &other]) else { return Ok(()) };
        let (x, values) = numbered(&shape);
        let expected: Vec<i64> = (0..common.iter().product())
            .map(|flat| values[ravel(&broadcast_index(&unravel(flat, &common), &shape), &shape)])
            .collect();
        let spread = hloom::broadcast_to(&x, &common);
        prop_assert_eq!(&spread.shape()[..], &common[..]);
        prop_assert_eq!(spread.to_vec::<i64>().unwrap(), &expected[..]);
        let sum = &x + hloom::zeros(&other).astype(hloom::int64);
        prop_assert_eq!(sum.to_vec::<i64>().unwrap(), expected);
    }

    #[test]
    fn reshapes_undo_each_other(mut dice in dice(24)) {
        let shape = dice.shape(4, 4);
        let (x, values) = numbered(&shape);
        // Neighbouring axes are merged, which is always possible.
        let mut merged = shape.clone();
        while merged.len() > 1 && dice.once_in(2) {
            let axis = dice.below(merged.len() - 1);
            let extent = merged.remove(axis);
            merged[axis] *= extent;
        }
        let there = x.reshape(merged.as_slice());
        prop_assert_eq!(&there.shape()[..], &merged[..]);
        prop_assert_eq!(there.to_vec::<i64>().unwrap(), &values[..]);
        let back = there.reshape(shape.as_slice());
        prop_assert_eq!(&back.shape()[..], &shape[..]);
        let fortran = x.reshape_order(merged.as_slice(), Order::F);
        let reversed: Vec<usize> = merged.iter().rev().copied().collect();
        prop_assert_eq!(fortran.tolist().unwrap(), x.t().reshape(reversed).t().tolist().unwrap());
        let back = fortran.reshape_order(shape.as_slice(), Order::F);
        prop_assert_eq!(back.to_vec::<i64>().unwrap(), &values[..]);
        if !values.is_empty() {
            let mut unknown: Vec<i64> = merged.iter().map(|&extent| extent as i64).collect();
            if let Some(extent) = unknown.first_mut() {
                *extent = -1;
            }
            prop_assert_eq!(&x.reshape(unknown).shape()[..], &merged[..]);
        }
    }

    #[test]
    fn transposes_move_elements_and_undo_each_other(mut dice in dice(24)) {
        let shape = dice.shape(4, 3);
        let (x, values) = numbered(&shape);
        let mut permutation: Vec<usize> = (0..shape.len()).collect();
        for axis in (1..shape.len()).rev() {
            permutation.swap(axis, dice.below(axis + 1));
        }
        let moved = x.transpose(permutation.as_slice());
        let moved_shape: Vec<usize> = permutation.iter().map(|&axis| shape[axis]).collect();
        prop_assert_eq!(&moved.shape()[..], &moved_shape[..]);
        let expected: Vec<i64> = (0..values.len())
            .map(|flat| {
                let mut source = vec![0; shape.len()];
                for (to, position) in unravel(flat, &moved_shape).into_iter().enumerate() {
                    source[permutation[to]] = position;
                }
                values[ravel(&source, &shape)]
            })
            .collect();
        prop_assert_eq!(moved.to_vec::<i64>().unwrap(), expected);
        let mut inverse = vec![0; shape.len()];
        for (to, &from) in permutation.iter().enumerate() {
            inverse[from] = to;
        }
        prop_assert_eq!(moved.transpose(inverse).to_vec::<i64>().unwrap(), values);
    }
}
