//! Reading and writing by random indices, against a model that goes element by element.

use hloom::{Index, NdArray};
use proptest::prelude::*;

use super::cases;
use super::dice::{Dice, dice};
use super::model::{broadcast_index, draw, places, ravel, unravel};

/// An array whose elements tell their places, on hand or still to be computed.
fn array(shape: &[usize], computed: bool) -> (NdArray, Vec<i64>) {
    let n_elements = shape.iter().product::<usize>() as i64;
    let values: Vec<i64> = (0..n_elements).map(|place| 100 + place).collect();
    let array = if computed { hloom::arange((100, 100 + n_elements, 1)) } else { NdArray::from(values.clone()) };
    (array.reshape(shape), values)
}

fn check_get(mut dice: Dice, basic: bool) -> Result<(), TestCaseError> {
    let shape = dice.shape(4, 4);
    let entries = draw(&mut dice, &shape, basic);
    let (x, values) = array(&shape, dice.once_in(2));
    let index: Vec<Index> = entries.iter().map(super::model::Entry::to_index).collect();
    let (expected_shape, expected_places) = places(&shape, &entries);
    let found = x.get(index);
    prop_assert_eq!(&found.try_shape().map_err(fail)?[..], &expected_shape[..], "{:?} of {:?}", entries, shape);
    let expected: Vec<i64> = expected_places.iter().map(|&place| values[place]).collect();
    prop_assert_eq!(found.to_vec::<i64>().map_err(fail)?, expected, "{:?} of {:?}", entries, shape);
    Ok(())
}

fn check_set(mut dice: Dice) -> Result<(), TestCaseError> {
    let shape = dice.shape(3, 4);
    let entries = draw(&mut dice, &shape, false);
    let (x, mut values) = array(&shape, dice.once_in(2));
    let index: Vec<Index> = entries.iter().map(super::model::Entry::to_index).collect();
    let (part_shape, part_places) = places(&shape, &entries);
    // What is written broadcasts: it lacks some of the outer axes, and some of its extents are 1.
    let mut own: Vec<usize> = part_shape[dice.below(part_shape.len() + 1)..].to_vec();
    for extent in &mut own {
        if dice.once_in(4) {
            *extent = 1;
        }
    }
    let written: Vec<i64> = (0..own.iter().product::<usize>() as i64).map(|place| -1 - place).collect();
    for (flat, &place) in part_places.iter().enumerate() {
        values[place] = written[ravel(&broadcast_index(&unravel(flat, &part_shape), &own), &own)];
    }
    let mut changed = x.clone();
    changed.set(index, NdArray::from(written).reshape(own.as_slice()));
    prop_assert_eq!(changed.to_vec::<i64>().map_err(fail)?, values, "{:?} of {:?} to {:?}", entries, shape, own);
    prop_assert_eq!(x.to_vec::<i64>().map_err(fail)?, array(&shape, false).1);
    Ok(())
}

fn fail(error: hloom::Error) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn slices_and_integers_name_pythons_elements(dice in dice(32)) {
        check_get(dice, true)?;
    }

    #[test]
    fn any_index_names_numpys_elements(dice in dice(48)) {
        check_get(dice, false)?;
    }

    #[test]
    fn writing_changes_what_the_index_names_and_nothing_else(dice in dice(48)) {
        check_set(dice)?;
    }

    #[test]
    fn positions_beyond_an_axis_are_errors(extent in 0usize..5, position in any::<i64>(), in_array in any::<bool>()) {
        let x = hloom::zeros([2, extent]);
        let is_legal = (-(extent as i64)..extent as i64).contains(&position);
        let entry = if in_array { Index::from(vec![position]) } else { Index::At(position) };
        let found = x.get([Index::from(..), entry]);
        let message = found.check().err().map(|error| error.message().to_owned());
        let expected = format!("index {position} is out of bounds for axis 1 with size {extent}");
        prop_assert_eq!(message, (!is_legal).then_some(expected));
    }
}

/// NumPy counts an ellipsis as standing between two index arrays even where it stands for no axis.
#[test]
fn an_ellipsis_for_no_axis_separates_index_arrays() {
    let x = hloom::zeros([4, 5, 6]);
    let rows = || Index::from(vec![0i64, 1]);
    assert_eq!(x.get([Index::from(..), rows(), rows()]).shape(), [4, 2]);
    assert_eq!(x.get([Index::from(..), rows(), Index::Ellipsis, rows()]).shape(), [2, 4]);
}
