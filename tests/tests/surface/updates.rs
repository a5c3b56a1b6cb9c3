//! Updates of elements, each as often as an index names it: every operation, in order, in NumPy's dtypes.

use hloom as np;
use hloom::prelude::*;
use hloom::{Binary, at};
use hloom_ir::ArgType;

/// What a loop over the positions would make.
fn one_by_one(op: Binary, mut x: NdArray, positions: &[i64], values: &NdArray) -> NdArray {
    for (turn, &position) in positions.iter().enumerate() {
        let updated = np::binary(op, x.get(position), values.get(turn)).astype(x.dtype());
        x.set(position, updated);
    }
    x
}

fn takes(op: Binary, dtype: DType) -> bool {
    op.resolve(ArgType::Strong(dtype), ArgType::Strong(dtype)).is_ok()
}

#[test]
fn every_operation_updates_in_order() -> hloom::Result<()> {
    let positions = [2i64, 0, 2, -1, 2];
    for dtype in [float64, float16, int64, int8, uint16, bool_, complex128] {
        let x = np::array([3.0, 1.0, 2.0, 5.0]).astype(dtype);
        let values = np::array([2.0, 3.0, 1.0, 2.0, 1.0]).astype(dtype);
        let compiled = np::jit(move |(x, i, values): (NdArray, NdArray, NdArray)| -> Vec<(NdArray, NdArray)> {
            let updated = |op: Binary| {
                let mut updated = x.clone();
                at(op, &mut updated, &i, &values);
                (updated, one_by_one(op, x.clone(), &positions, &values))
            };
            Binary::ALL.iter().copied().filter(|&op| takes(op, dtype)).map(updated).collect()
        });
        let found = compiled.call((&x, np::array(positions), &values))?;
        let mut found = found.into_iter();
        for &op in Binary::ALL {
            if takes(op, dtype) {
                let (updated, expected) = found.next().unwrap();
                assert_eq!(updated.dtype(), dtype);
                assert_eq!(updated.to_bytes()?, expected.to_bytes()?, "{op:?} {dtype}");
            } else {
                let mut x = x.clone();
                at(op, &mut x, positions.to_vec(), &values);
                assert_eq!(x.check().unwrap_err().kind(), ErrorKind::Type, "{op:?} {dtype}");
            }
        }
    }
    Ok(())
}

#[test]
fn updates_are_recorded_as_they_are_compiled() -> hloom::Result<()> {
    for op in [Binary::Subtract, Binary::Power, Binary::Gcd, Binary::LogicalXor] {
        let mut x = np::array([12i64, 7, 9]);
        at(op, &mut x, vec![0i64, 2, 0], [2i64, 3, 4]);
        let expected = one_by_one(op, np::array([12i64, 7, 9]), &[0, 2, 0], &np::array([2i64, 3, 4]));
        assert_eq!(x.tolist()?, expected.tolist()?, "{op:?}");
    }
    Ok(())
}

#[test]
fn many_updates_of_few_elements() -> hloom::Result<()> {
    let n = 50_000;
    let i = (np::arange(n) * 7919) % 13;
    let mut counts = np::zeros(13).astype(int64);
    counts.subtract_at(&i, np::arange(n));
    let mut expected = vec![0; 13];
    for (value, at) in i.to_vec::<i64>()?.into_iter().enumerate() {
        expected[at as usize] -= value as i64;
    }
    assert_eq!(counts.to_vec::<i64>()?, expected);
    let mut halves = np::ones(13);
    halves.divide_at(i.get(s![..130]), 2);
    assert_eq!(halves.to_vec::<f64>()?, vec![0.5f64.powi(10); 13]);
    let mut bits = np::zeros(13).astype(uint8);
    bits.bitwise_xor_at(&i, np::arange(n).astype(uint8));
    assert_eq!(bits.dtype(), uint8);
    Ok(())
}

#[test]
fn results_are_cast_whatever_is_lost() -> hloom::Result<()> {
    // NumPy's `ufunc.at` computes in the promoted dtype and casts each result.
    let mut whole = np::array([0i64, 1, 2, 3, 4]);
    whole.add_at(vec![0i64, 0], 1.5);
    whole.divide_at(vec![3i64, 3], [2i64, 4]);
    assert_eq!(whole.to_vec::<i64>()?, [2, 1, 2, 0, 4]);
    let mut bytes = np::array([1i8, 2, 3]);
    bytes.add_at(vec![0i64, 0], 300);
    bytes.minimum_at(vec![1i64], -300);
    bytes.floor_divide_at(vec![2i64], np::array([200i64]));
    assert_eq!(bytes.to_vec::<i8>()?, [89, -44, 0]);
    let mut single = np::array([1.0f32, 1.0]);
    single.add_at(vec![0i64, 0], np::array([1e-9, 1e300]));
    single.logical_and_at(vec![1i64], 5);
    assert_eq!(single.to_vec::<f32>()?, [f32::INFINITY, 1.0]);
    let mut truths = np::array([2.5, 0.0, 3.5]);
    at(Binary::Greater, &mut truths, vec![0i64, 1], 1);
    assert_eq!(truths.to_vec::<f64>()?, [1.0, 0.0, 3.5]);
    Ok(())
}

#[test]
fn what_is_not_named_keeps_every_bit() -> hloom::Result<()> {
    // Beyond the integers that float64 holds, in which these are computed.
    let great = i64::MAX - 1;
    let mut x = np::array([great, 8, great]);
    x.multiply_at(vec![1i64], 0.25);
    assert_eq!(x.to_vec::<i64>()?, [great, 2, great]);
    let mut x = np::array([u64::MAX, 8]);
    x.divide_at(vec![1i64], np::array([2i64]));
    assert_eq!(x.to_vec::<u64>()?, [u64::MAX, 4]);
    let mut odd = np::array([-0.0, f64::NAN, 7.0]);
    odd.logical_xor_at(vec![2i64], 1);
    let found = odd.to_vec::<f64>()?;
    assert!(found[0].is_sign_negative() && found[1].is_nan() && found[2] == 0.0);
    for op in [Binary::Subtract, Binary::BitwiseOr, Binary::BitwiseXor] {
        let mut x = np::array([1i64, -2, 3, -4]);
        at(op, &mut x, s![1..;2], [1i64, 1]);
        let expected = |x: i64| match op {
            Binary::Subtract => x - 1,
            Binary::BitwiseOr => x | 1,
            _ => x ^ 1,
        };
        assert_eq!(x.to_vec::<i64>()?, [1, expected(-2), 3, expected(-4)], "{op:?}");
    }
    Ok(())
}

#[test]
fn parts_and_masks_are_updated() -> hloom::Result<()> {
    let table = || np::arange(12).reshape([3, 4]);
    let mut x = table();
    x.subtract_at(s![1, ..], 10);
    x.power_at(s![0, vec![2i64, 2]], 3);
    x.left_shift_at(s![2..;-1, 0], [1i64, 2, 3]);
    assert_eq!(x.tolist()?, [[0, 1, 512, 3], [-24, -5, -4, -3], [16, 9, 10, 11]]);
    let mut x = table();
    x.remainder_at(x.gt(5), 4);
    assert_eq!(x.tolist()?, [[0, 1, 2, 3], [4, 5, 2, 3], [0, 1, 2, 3]]);
    let message = |x: NdArray| x.data().map(drop).unwrap_err().message().to_owned();
    let mut x = table();
    x.add_at(vec![0i64, 1], [1i64, 2, 3]);
    assert_eq!(message(x), "array is not broadcastable to correct shape");
    let mut x = table();
    x.power_at(0, -1);
    assert_eq!(message(x), "Integers to negative integer powers are not allowed.");
    let mut x = table();
    x.divide_at(vec![3i64], 2);
    assert_eq!(message(x), "index 3 is out of bounds for axis 0 with size 3");
    Ok(())
}

/// What is written is computed around its places, too, where an operand may be broadcast along any axis.
#[test]
fn what_is_written_may_be_computed_from_broadcast_arrays() -> hloom::Result<()> {
    let x = np::random::default_rng(5).standard_normal((70, 3, 60)).astype(float32);
    let line = np::linspace(-1.0, 1.0, 58).astype(float32);
    let column = np::linspace(0.5, 2.0, 68).astype(float32).reshape((68, 1, 1));
    let row = np::array([[1.5f32], [f32::NAN], [-0.0]]);
    let written = |x: &NdArray| {
        let inner = x.get(s![1..-1, .., 1..-1]);
        let value = ((inner * &line + &column) * &row).sin() - 2.0;
        let mut set = x.clone();
        set.set(s![1..-1, .., 1..-1], &value);
        let mut added = x.clone();
        added.add_at(s![1..-1, .., 1..-1], &value + &line);
        (set, added, np::pad(&value * &column, 1, ..))
    };
    let step = |x: &NdArray| {
        let inner = x.get(s![1..-1, .., 1..-1]).copy();
        let value = ((inner * &line).copy() + &column).copy();
        let value = ((value * &row).copy().sin().copy() - 2.0).copy();
        np::wait([&value])?;
        let mut set = x.clone();
        set.set(s![1..-1, .., 1..-1], &value);
        let sum = (&value + &line).copy();
        np::wait([&sum])?;
        let mut added = x.clone();
        added.add_at(s![1..-1, .., 1..-1], &sum);
        let product = (&value * &column).copy();
        np::wait([&product])?;
        Ok::<_, hloom::Error>((set, added, np::pad(&product, 1, ..)))
    };
    let (set, added, padded) = step(&x)?;
    let (lazy_set, lazy_added, lazy_padded) = written(&x);
    for (found, expected) in [(lazy_set, set), (lazy_added, added), (lazy_padded, padded)] {
        assert!(found.to_bytes()? == expected.to_bytes()?);
    }
    Ok(())
}
