//! Whole programs by the crate `ndarray`, on one thread and without BLAS, as its other computations. Loops over time write
//! to arrays that are there already.

use hloom::Complex;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array, Array1, Array2, Array3, Array4, ArrayView1, Axis, Dimension, Zip, azip};

use super::ndarray::{trimmed, trimmed_mut};
use super::run::{Row, table};

type Line = Array1<f64>;
type Plane = Array2<f64>;
type Cube = Array3<f64>;
type Integers = Array1<i64>;
type IntegerPlane = Array2<i64>;
type SingleLine = Array1<f32>;
type SinglePlane = Array2<f32>;

/// The programs, by their names.
pub(super) const ROWS: &[Row] = table! {
    "arc_distance" => |theta_1: Line, phi_1: Line, theta_2: Line, phi_2: Line| {
        Zip::from(theta_1).and(phi_1).and(theta_2).and(phi_2).map_collect(|theta_1, phi_1, theta_2, phi_2| {
            let (theta, phi) = (((theta_2 - theta_1) / 2.0).sin(), ((phi_2 - phi_1) / 2.0).sin());
            let square = theta * theta + theta_1.cos() * theta_2.cos() * phi * phi;
            2.0 * square.sqrt().atan2((1.0 - square).sqrt())
        })
    };
    "atax" => |a: Plane, x: Line| a.t().dot(&a.dot(x));
    "azimint" => |data: Line, radius: Line| azimint(data, radius, 100);
    "bicg" => |a: Plane, p: Line, r: Line| (r.dot(a), a.dot(p));
    "black_scholes" => |price: Line, strike: Line, years: Line, rate: f64, volatility: f64| {
        let (mut call, mut put) = (price.clone(), price.clone());
        azip!((call in &mut call, put in &mut put, &price in price, &strike in strike, &years in years) {
            (*call, *put) = black_scholes(price, strike, years, *rate, *volatility);
        });
        (call, put)
    };
    "compute" => |first: IntegerPlane, second: IntegerPlane, a: i64, b: i64, c: i64| {
        Zip::from(first).and(second).map_collect(|&first, second| first.clamp(2, 10) * a + second * b + c)
    };
    "correlation" => |data: Plane| correlation(data);
    "covariance" => |data: Plane| {
        let n_rows = data.nrows() as f64;
        let centred = data - &(data.sum_axis(Axis(0)) / n_rows);
        centred.t().dot(&centred) / (n_rows - 1.0)
    };
    "crc16" => |data: Array1<u8>| {
        let register = data.fold(0xffff, |register: u16, &byte| {
            (0..8).fold(register ^ u16::from(byte), |register, _| {
                if register & 1 == 1 { register >> 1 ^ 0x8408 } else { register >> 1 }
            })
        });
        (!register).swap_bytes()
    };
    "doitgen" => |a: Cube, c: Plane| {
        let (r, q, p) = a.dim();
        a.to_shape((r * q, p)).and_then(|rows| rows.dot(c).into_shape_with_order((r, q, p)))
    };
    "floyd_warshall" => |path: IntegerPlane| floyd_warshall(path.clone());
    "gemm" => |alpha: f64, beta: f64, a: Plane, b: Plane, c: Plane| scaled_product(*alpha, a, b, *beta, c);
    "go_fast" => |a: Plane| a + a.diag().mapv(f64::tanh).sum();
    "gramschmidt" => |a: Plane| gramschmidt(a.clone());
    "hdiff" => |field: Cube, strength: Cube| hdiff(field, strength);
    "heat_3d" => |a: Cube| heat_3d(a.clone(), 40);
    "jacobi_1d" => |a: Line| jacobi_1d(a.clone(), 200);
    "jacobi_2d" => |a: Plane| jacobi_2d(a.clone(), 50);
    "k2mm" => |alpha: f64, beta: f64, a: Plane, b: Plane, c: Plane, d: Plane| {
        scaled_product(*alpha, &a.dot(b), c, *beta, d)
    };
    "k3mm" => |a: Plane, b: Plane, c: Plane, d: Plane| a.dot(b).dot(&c.dot(d));
    "mandelbrot" => |real: Line, imaginary: Line| mandelbrot(real, imaginary, 60);
    "mlp" => |x: SinglePlane, w_1: SinglePlane, b_1: SingleLine, w_2: SinglePlane, b_2: SingleLine, w_3: SinglePlane, b_3: SingleLine| {
        let x = layer(x, w_1, b_1).mapv_into(|x| x.max(0.0));
        let x = layer(&x, w_2, b_2).mapv_into(|x| x.max(0.0));
        softmax(layer(&x, w_3, b_3))
    };
    "mvt" => |a: Plane, x_1: Line, x_2: Line, y_1: Line, y_2: Line| (a.dot(y_1) + x_1, a.t().dot(y_2) + x_2);
    "nbody" => |mass: Line, position: Plane, velocity: Plane| nbody(mass, position.clone(), velocity, 20);
    "softmax" => |x: Array4<f32>| softmax(x.clone());
    "spmv" => |starts: Integers, columns: Integers, values: Line, x: Line| {
        Zip::from(trimmed(starts, [(0, 1)])).and(trimmed(starts, [(1, 0)])).map_collect(|&start, &end| {
            let entries = start as usize..end as usize;
            entries.map(|entry| values[entry] * x[columns[entry] as usize]).sum::<f64>()
        })
    };
};

fn azimint(data: &Line, radius: &Line, n_bins: usize) -> Line {
    let (least, greatest) =
        radius.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, greatest), &r| (r.min(least), r.max(greatest)));
    let bounds = Line::linspace(least, greatest, n_bins + 1);
    let scale = n_bins as f64 / (greatest - least);
    let (mut sums, mut counts) = (Line::zeros(n_bins), Line::zeros(n_bins));
    azip!((&radius in radius, &data in data) {
        let bin = (((radius - least) * scale) as usize).min(n_bins - 1);
        // The bounds of bins decide, as in NumPy, not the quotient.
        let bin = if radius < bounds[bin] {
            bin - 1
        } else if bin + 1 < n_bins && radius >= bounds[bin + 1] {
            bin + 1
        } else {
            bin
        };
        sums[bin] += data;
        counts[bin] += 1.0;
    });
    sums / counts
}

/// What a call and a put are worth.
fn black_scholes(price: f64, strike: f64, years: f64, rate: f64, volatility: f64) -> (f64, f64) {
    let spread = volatility * years.sqrt();
    let d_1 = ((price / strike).ln() + (rate + 0.5 * volatility * volatility) * years) / spread;
    let discounted = strike * (-rate * years).exp();
    let call = price * share_below(d_1) - discounted * share_below(d_1 - spread);
    (call, call - price + discounted)
}

/// The share of the normal distribution below a number.
fn share_below(x: f64) -> f64 {
    let k = 1.0 / (1.0 + 0.2316419 * x.abs());
    let coefficients = [-1.821255978, 1.781477937, -0.356563782, 0.319381530];
    let series = coefficients.into_iter().fold(k * 1.330274429, |sum, coefficient| k * (coefficient + sum));
    let above = 0.3989422804014327 * (-0.5 * x * x).exp() * series;
    if x < 0.0 { above } else { 1.0 - above }
}

fn scaled_product(alpha: f64, a: &Plane, b: &Plane, beta: f64, c: &Plane) -> Plane {
    let mut result = c.clone();
    general_mat_mul(alpha, a, b, beta, &mut result);
    result
}

fn jacobi_1d(mut a: Line, n_steps: usize) -> Line {
    let mut next = a.clone();
    for _ in 0..n_steps {
        Zip::from(trimmed_mut(&mut next, [(1, 1)]))
            .and(trimmed(&a, [(0, 2)]))
            .and(trimmed(&a, [(1, 1)]))
            .and(trimmed(&a, [(2, 0)]))
            .for_each(|next, left, middle, right| *next = (left + middle + right) / 3.0);
        std::mem::swap(&mut a, &mut next);
    }
    a
}

fn jacobi_2d(mut a: Plane, n_steps: usize) -> Plane {
    let mut next = a.clone();
    for _ in 0..n_steps {
        Zip::from(trimmed_mut(&mut next, [(1, 1), (1, 1)]))
            .and(trimmed(&a, [(1, 1), (1, 1)]))
            .and(trimmed(&a, [(1, 1), (0, 2)]))
            .and(trimmed(&a, [(1, 1), (2, 0)]))
            .and(trimmed(&a, [(2, 0), (1, 1)]))
            .and(trimmed(&a, [(0, 2), (1, 1)]))
            .for_each(|next, middle, left, right, down, up| *next = 0.2 * (middle + left + right + down + up));
        std::mem::swap(&mut a, &mut next);
    }
    a
}

fn correlation(data: &Plane) -> Plane {
    let n_rows = data.nrows() as f64;
    let mean = data.sum_axis(Axis(0)) / n_rows;
    let scale = data
        .std_axis(Axis(0), 0.0)
        .mapv_into(|deviation| n_rows.sqrt() * if deviation <= 0.1 { 1.0 } else { deviation });
    let scaled = (data - &mean) / &scale;
    let mut coefficients = scaled.t().dot(&scaled);
    coefficients.diag_mut().fill(1.0);
    coefficients
}

fn floyd_warshall(mut path: IntegerPlane) -> IntegerPlane {
    for k in 0..path.nrows() {
        let row = path.row(k).to_owned();
        for mut from in path.rows_mut() {
            let first = from[k];
            from.zip_mut_with(&row, |length, second| *length = (*length).min(first + second));
        }
    }
    path
}

fn gramschmidt(mut a: Plane) -> (Plane, Plane) {
    let n = a.ncols();
    let (mut q, mut r) = (Plane::zeros(a.raw_dim()), Plane::zeros((n, n)));
    for k in 0..n {
        let (column, mut rest) = a.view_mut().split_at(Axis(1), k + 1);
        let column = column.column(k);
        let length = column.dot(&column).sqrt();
        let unit = &column / length;
        let shares = rest.t().dot(&unit);
        azip!((mut row in rest.rows_mut(), &unit in &unit) row.scaled_add(-unit, &shares));
        r[(k, k)] = length;
        r.row_mut(k).split_at(Axis(0), k + 1).1.assign(&shares);
        q.column_mut(k).assign(&unit);
    }
    (q, r)
}

fn hdiff(field: &Cube, strength: &Cube) -> Cube {
    let inner = trimmed(field, [(1, 1), (1, 1), (0, 0)]);
    let laplacian = Zip::from(inner)
        .and(trimmed(field, [(2, 0), (1, 1), (0, 0)]))
        .and(trimmed(field, [(0, 2), (1, 1), (0, 0)]))
        .and(trimmed(field, [(1, 1), (2, 0), (0, 0)]))
        .and(trimmed(field, [(1, 1), (0, 2), (0, 0)]))
        .map_collect(|inner, down, up, right, left| 4.0 * inner - down - up - right - left);
    let limited = |flux: f64, rise: f64| if flux * rise > 0.0 { 0.0 } else { flux };
    let down = Zip::from(trimmed(&laplacian, [(1, 0), (1, 1), (0, 0)]))
        .and(trimmed(&laplacian, [(0, 1), (1, 1), (0, 0)]))
        .and(trimmed(field, [(2, 1), (2, 2), (0, 0)]))
        .and(trimmed(field, [(1, 2), (2, 2), (0, 0)]))
        .map_collect(|after, before, high, low| limited(after - before, high - low));
    let right = Zip::from(trimmed(&laplacian, [(1, 1), (1, 0), (0, 0)]))
        .and(trimmed(&laplacian, [(1, 1), (0, 1), (0, 0)]))
        .and(trimmed(field, [(2, 2), (2, 1), (0, 0)]))
        .and(trimmed(field, [(2, 2), (1, 2), (0, 0)]))
        .map_collect(|after, before, high, low| limited(after - before, high - low));
    let change = Zip::from(trimmed(&down, [(1, 0), (0, 0), (0, 0)]))
        .and(trimmed(&down, [(0, 1), (0, 0), (0, 0)]))
        .and(trimmed(&right, [(0, 0), (1, 0), (0, 0)]))
        .and(trimmed(&right, [(0, 0), (0, 1), (0, 0)]))
        .map_collect(|down, up, right, left| down - up + right - left);
    Zip::from(trimmed(field, [(2, 2), (2, 2), (0, 0)]))
        .and(strength)
        .and(&change)
        .map_collect(|field, strength, change| field - strength * change)
}

fn heat_3d(mut a: Cube, n_steps: usize) -> Cube {
    let mut next = a.clone();
    for _ in 0..n_steps {
        // Six neighbours are as many arrays as a `Zip` takes, so that windows go over the points.
        Zip::from(trimmed_mut(&mut next, [(1, 1), (1, 1), (1, 1)])).and(a.windows((3, 3, 3))).for_each(|next, a| {
            let middle = 2.0 * a[(1, 1, 1)];
            let along_0 = 0.125 * (a[(2, 1, 1)] - middle + a[(0, 1, 1)]);
            let along_1 = 0.125 * (a[(1, 2, 1)] - middle + a[(1, 0, 1)]);
            let along_2 = 0.125 * (a[(1, 1, 2)] - middle + a[(1, 1, 0)]);
            *next = a[(1, 1, 1)] + (along_0 + along_1 + along_2);
        });
        std::mem::swap(&mut a, &mut next);
    }
    a
}

fn mandelbrot(real: &Line, imaginary: &Line, n_steps: i64) -> (IntegerPlane, Array2<Complex<f64>>) {
    let shape = (imaginary.len(), real.len());
    let (mut left_after, mut z) = (IntegerPlane::zeros(shape), Array2::<Complex<f64>>::zeros(shape));
    for ((mut left_after, mut z), &imaginary) in left_after.rows_mut().into_iter().zip(z.rows_mut()).zip(imaginary) {
        azip!((left_after in &mut left_after, z in &mut z, &real in real) {
            let c = Complex::new(real, imaginary);
            for step in 0..n_steps {
                if z.norm() >= 2.0 {
                    break;
                }
                (*left_after, *z) = (step, *z * *z + c);
            }
            if *left_after == n_steps - 1 {
                *left_after = 0;
            }
            if *left_after == 0 {
                *z = Complex::ZERO;
            }
        });
    }
    (left_after, z)
}

fn layer(x: &SinglePlane, weights: &SinglePlane, bias: &SingleLine) -> SinglePlane {
    x.dot(weights) + bias
}

/// Positive shares along the last axis that sum to 1.
fn softmax<D: Dimension>(mut x: Array<f32, D>) -> Array<f32, D> {
    let last = Axis(x.ndim() - 1);
    for mut row in x.lanes_mut(last) {
        let greatest = row.fold(f32::NEG_INFINITY, |greatest, &x| x.max(greatest));
        row.mapv_inplace(|x| (x - greatest).exp());
        row /= row.sum();
    }
    x
}

const STEP: f64 = 0.01;
const SOFTENING: f64 = 0.1;

fn nbody(mass: &Line, mut position: Plane, velocity: &Plane, n_steps: usize) -> (Plane, Plane, Line, Line) {
    let mut velocity = velocity - &(velocity.sum_axis(Axis(0)) / velocity.nrows() as f64);
    let mut acceleration = accelerations(mass, &position);
    let (mut kinetic, mut potential) = (Vec::with_capacity(n_steps + 1), Vec::with_capacity(n_steps + 1));
    let mut observe = |position: &Plane, velocity: &Plane| {
        let squares = (velocity * velocity).sum_axis(Axis(1));
        kinetic.push(0.5 * mass.dot(&squares));
        potential.push(potential_energy(mass, position));
    };
    observe(&position, &velocity);
    for _ in 0..n_steps {
        velocity.scaled_add(STEP / 2.0, &acceleration);
        position.scaled_add(STEP, &velocity);
        acceleration = accelerations(mass, &position);
        velocity.scaled_add(STEP / 2.0, &acceleration);
        observe(&position, &velocity);
    }
    (position, velocity, kinetic.into(), potential.into())
}

/// The squares of distances, and the way from the first to the second.
fn apart(first: ArrayView1<'_, f64>, second: ArrayView1<'_, f64>) -> (f64, [f64; 3]) {
    let way = [second[0] - first[0], second[1] - first[1], second[2] - first[2]];
    (way[0] * way[0] + way[1] * way[1] + way[2] * way[2], way)
}

fn accelerations(mass: &Line, position: &Plane) -> Plane {
    let mut result = Plane::zeros(position.raw_dim());
    for (mut sum, first) in result.rows_mut().into_iter().zip(position.rows()) {
        azip!((second in position.rows(), &mass in mass) {
            let (square, way) = apart(first, second);
            let softened = square + SOFTENING * SOFTENING;
            let weight = mass / (softened * softened.sqrt());
            sum[0] += weight * way[0];
            sum[1] += weight * way[1];
            sum[2] += weight * way[2];
        });
    }
    result
}

fn potential_energy(mass: &Line, position: &Plane) -> f64 {
    let mut energy = 0.0;
    for (idx, (first, &mass_of_first)) in position.rows().into_iter().zip(mass).enumerate() {
        let (_, others) = position.view().split_at(Axis(0), idx + 1);
        let (_, masses) = mass.view().split_at(Axis(0), idx + 1);
        azip!((second in others.rows(), &mass in masses) {
            energy -= mass_of_first * mass / apart(first, second).0.sqrt();
        });
    }
    energy
}
