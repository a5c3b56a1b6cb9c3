//! Loops that write to arrays what they read of them: every round takes as long as what it writes, not as long as a
//! copy of the arrays.

use hloom as np;
use hloom::prelude::*;

/// The elements of each array.
const N: usize = 1000;

const N_ROUNDS: usize = 300;

type Arrays = (NdArray, NdArray, NdArray);

fn first() -> [Vec<i64>; 3] {
    [1, 2, 3].map(|by| (0..N as i64).map(|idx| idx * by % 97).collect())
}

/// The copies of whole arrays that the loops of a program make.
fn copies(optimized: &str) -> Vec<&str> {
    let mut in_entry = false;
    let mut copies = Vec::new();
    for line in optimized.lines() {
        if line.ends_with('{') {
            in_entry = line.starts_with("ENTRY");
        } else if !in_entry && line.contains(&format!("= s64[{N}]")) && line.contains(" copy(") {
            copies.push(line);
        }
    }
    copies
}

/// Runs a loop lazily and compiled and compares what it leaves with what `model` does to vectors.
fn check(
    body: impl Fn(NdArray, Arrays) -> Arrays + Clone + Send + Sync + 'static,
    model: impl Fn(usize, &mut [Vec<i64>; 3]),
) -> hloom::Result<()> {
    let [x, y, z] = first().map(np::array);
    let mut expected = first();
    for round in 0..N_ROUNDS {
        model(round, &mut expected);
    }
    let looped = move |state: Arrays| {
        let body = body.clone();
        np::fori_loop(0, N_ROUNDS as i64, state, move |i, state: Arrays| body(i, state))
    };
    let lazily = looped((x.clone(), y.clone(), z.clone()));
    let function = np::jit(looped);
    let compiled = function.call((&x, &y, &z))?;
    for (x, y, z) in [lazily, compiled] {
        assert_eq!([x.to_vec::<i64>()?, y.to_vec::<i64>()?, z.to_vec::<i64>()?], expected);
    }
    let optimized = function.lower((&x, &y, &z))?.compile()?.optimized_hlo()?;
    assert!(optimized.contains(" while("), "{optimized}");
    assert_eq!(copies(&optimized), Vec::<&str>::new());
    Ok(())
}

#[test]
fn elements_of_two_arrays_from_old_elements_of_both() -> hloom::Result<()> {
    check(
        |i, (mut x, mut y, z)| {
            let (a, b) = (x.get(&i), y.get(&i));
            x.set(&i, &a + &b);
            y.set(&i, &a - &b);
            (x, y, z)
        },
        |i, [x, y, _]| (x[i], y[i]) = (x[i] + y[i], x[i] - y[i]),
    )
}

#[test]
fn elements_of_three_arrays() -> hloom::Result<()> {
    check(
        |i, (mut x, mut y, mut z)| {
            let (a, b, c) = (x.get(&i), y.get(&i), z.get(&i));
            x.set(&i, &a + &b);
            y.set(&i, &a - &c);
            z.set(&i, &a * &b);
            (x, y, z)
        },
        |i, [x, y, z]| (x[i], y[i], z[i]) = (x[i] + y[i], x[i] - z[i], x[i] * y[i]),
    )
}

#[test]
fn two_elements_of_one_array_change_places() -> hloom::Result<()> {
    check(
        |i, (mut x, y, z)| {
            let j = (&i * 7 + 3) % N as i64;
            let (a, b) = (x.get(&i), x.get(&j));
            x.set(&i, b);
            x.set(&j, a);
            (x, y, z)
        },
        |i, [x, ..]| x.swap(i, (i * 7 + 3) % N),
    )
}

#[test]
fn what_is_read_after_a_write_sees_it() -> hloom::Result<()> {
    check(
        |i, (mut x, mut y, z)| {
            let old = x.get(&i);
            x.set(&i, &old + 1);
            let new = x.get(&i);
            y.set(&i, &new * 10 + &old);
            x.set(&new % N as i64, y.get(&i));
            (x, y, z)
        },
        |i, [x, y, _]| {
            let old = x[i];
            x[i] = old + 1;
            y[i] = x[i] * 10 + old;
            let at = x[i].rem_euclid(N as i64) as usize;
            x[at] = y[i];
        },
    )
}

#[test]
fn slices_and_index_arrays() -> hloom::Result<()> {
    let places = |i: &NdArray| (np::arange(4) * 5 + i) % N as i64;
    check(
        move |i, (mut x, mut y, mut z)| {
            let (a, b) = (x.get(places(&i)), y.get(places(&i)));
            x.set(places(&i), &a + &b);
            y.add_at(places(&i), &a * 2);
            z.set(&i, a.sum(..) + z.get(&i));
            (x, y, z)
        },
        |i, [x, y, z]| {
            let at = [0, 1, 2, 3].map(|idx| (idx * 5 + i) % N);
            z[i] += at.iter().map(|&at| x[at]).sum::<i64>();
            for at in at {
                (x[at], y[at]) = (x[at] + y[at], y[at] + 2 * x[at]);
            }
        },
    )
}

#[test]
fn writes_in_a_branch() -> hloom::Result<()> {
    check(
        |i, (x, y, z)| {
            let even = (&i % 2).equal(0);
            let c = z.get(&i);
            let written = || {
                let (mut x, mut y) = (x.clone(), y.clone());
                let (a, b) = (x.get(&i), y.get(&i));
                x.set(&i, &a + &b);
                y.set(&i, &a - &b + &c);
                (x, y)
            };
            let (x, y) = np::cond(even, written, || (x.clone(), y.clone()));
            let mut z = z;
            z.set(&i, c + 1);
            (x, y, z)
        },
        |i, [x, y, z]| {
            if i % 2 == 0 {
                (x[i], y[i]) = (x[i] + y[i], x[i] - y[i] + z[i]);
            }
            z[i] += 1;
        },
    )
}

#[test]
fn rows_of_matrices() -> hloom::Result<()> {
    let function = np::jit(|(x, y): (NdArray, NdArray)| {
        np::fori_loop(0, 20, (x, y), |i, (mut x, mut y): (NdArray, NdArray)| {
            let (a, b) = (x.get(&i), y.get(s![&i, 2..5]));
            x.set(s![&i, 2..5], &b);
            y.set(&i, &a + 1);
            (x, y)
        })
    });
    let (x, y) = (np::arange(1000).reshape([20, 50]), np::arange((5000, 6000, 1)).reshape([20, 50]));
    let (left_x, left_y) = function.call((&x, &y))?;
    for row in 0..20i64 {
        let old: Vec<i64> = (50 * row..50 * row + 50).collect();
        let mut new = old.clone();
        new[2..5].copy_from_slice(&[5002, 5003, 5004].map(|value| value + 50 * row));
        assert_eq!(left_x.get(row).to_vec::<i64>()?, new);
        assert_eq!(left_y.get(row).to_vec::<i64>()?, old.iter().map(|value| value + 1).collect::<Vec<i64>>());
    }
    Ok(())
}

#[test]
fn writes_in_a_scan() -> hloom::Result<()> {
    let step = |(mut x, mut y): (NdArray, NdArray), i: NdArray| {
        let (a, b) = (x.get(&i), y.get(&i));
        x.set(&i, &b * 2);
        y.set(&i, &a + 1);
        ((x, y), a + b)
    };
    let function = np::jit(move |(x, y, places): Arrays| np::scan(step, (x, y), places));
    let [mut x, mut y, _] = first();
    let places: Vec<i64> = (0..50).map(|idx| idx * 37 % N as i64).collect();
    let arguments = (np::array(x.clone()), np::array(y.clone()), np::array(places.clone()));
    let ((left_x, left_y), sums) = function.call(&arguments)?;
    let mut expected = Vec::new();
    for at in places {
        let at = at as usize;
        expected.push(x[at] + y[at]);
        (x[at], y[at]) = (y[at] * 2, x[at] + 1);
    }
    assert_eq!((left_x.to_vec::<i64>()?, left_y.to_vec::<i64>()?, sums.to_vec::<i64>()?), (x, y, expected));
    assert_eq!(copies(&function.lower(&arguments)?.compile()?.optimized_hlo()?), Vec::<&str>::new());
    Ok(())
}
