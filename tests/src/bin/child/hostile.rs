//! Calls that no careful program makes. Each prints what came of it: a type, or an error; never a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::Result;
use hloom::prelude::*;
use hloom::{Axes, Binary, IntoOperand, Unary, axis};

/// An array that was computed as far as it could be: only its type is of interest.
fn outcome(array: &NdArray) -> hloom::Result<String> {
    array.tolist()?;
    array.try_type().map(|ty| ty.to_string())
}

/// Arrays that were computed one after another.
fn outcomes(arrays: impl IntoIterator<Item = NdArray>) -> hloom::Result<String> {
    let types: hloom::Result<Vec<String>> = arrays.into_iter().map(|array| outcome(&array)).collect();
    types.map(|types| types.join(" "))
}

fn text(value: impl std::fmt::Display) -> hloom::Result<String> {
    Ok(value.to_string())
}

/// Makes the calls and prints a line for each.
pub(crate) fn table(_args: &[String]) -> Result<()> {
    // A panic is printed in its line of the table, not among what the hook writes.
    std::panic::set_hook(Box::new(|_| ()));
    shapes();
    ranges();
    axes();
    indices();
    values();
    empty();
    Ok(())
}

fn print(name: &str, call: impl FnOnce() -> hloom::Result<String>) {
    let outcome = match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(text)) => text,
        // Where in this file a call stands is of no interest.
        Ok(Err(error)) => error.to_string().split(", recorded at ").next().unwrap_or_default().to_owned(),
        Err(panic) => {
            let message = panic.downcast_ref::<String>().map(String::as_str);
            format!("PANIC {}", message.or(panic.downcast_ref::<&str>().copied()).unwrap_or("without a text"))
        }
    };
    println!("{name}: {outcome}");
}

fn show(name: &str, call: impl FnOnce() -> NdArray) {
    print(name, || outcome(&call()));
}

fn shapes() {
    let x = || hloom::arange(6);
    show("zeros of a negative extent", || hloom::zeros([2, -1]));
    show("zeros too big", || hloom::zeros([1u64 << 40, 1 << 40]));
    show("zeros of usize::MAX", || hloom::zeros(usize::MAX));
    show("zeros of i64::MIN", || hloom::zeros(i64::MIN));
    show("zeros beyond memory", || hloom::zeros(1u64 << 50));
    show("empty but too big", || hloom::zeros([0u64, 1 << 40, 1 << 40]));
    show("64 axes", || hloom::zeros([1; 64]));
    show("a shape too big", || hloom::zeros(hloom::Shape::from([1 << 40, 1 << 40])));
    show("a shape of 65 axes", || hloom::zeros(hloom::Shape::from(vec![1; 65])));
    show("65 axes", || hloom::zeros([1; 65]));
    show("65 axes by reshape", || hloom::array(1).reshape([1; 65]));
    show("65 axes by expand_dims", || hloom::zeros([1; 64]).expand_dims(0));
    show("65 axes by newaxis", || hloom::zeros([1; 64]).get(newaxis));
    show("65 axes by broadcast_to", || hloom::broadcast_to(1.0, [1; 65]));
    show("65 axes by stack", || hloom::stack([hloom::zeros([1; 64])], 0));
    show("65 axes by an index array", || hloom::zeros([1; 64]).get(NdArray::from(0).reshape([1, 1])));
    print("65 axes by bytes", || outcome(&NdArray::from_bytes([0; 8], float64, [1; 65])?));
    show("reshape to two unknowns", || x().reshape([-1, -1]));
    show("reshape to zero and unknown", || x().reshape([0, -1]));
    show("reshape empty to unknown and zero", || hloom::zeros([0]).reshape([0, -1]));
    show("reshape to i64::MIN", || x().reshape(i64::MIN));
    show("reshape to i64::MAX twice", || x().reshape([i64::MAX, i64::MAX]));
    show("reshape to usize::MAX", || x().reshape(usize::MAX));
    show("broadcast_to fewer axes", || hloom::broadcast_to(hloom::zeros([2, 3]), [3]));
    show("broadcast_to a negative extent", || hloom::broadcast_to(1.0, [-3]));
    show("broadcast_to beyond memory", || hloom::broadcast_to(1.0, [1u64 << 40, 1 << 40]));
    show("outer sum beyond memory", || hloom::zeros([1u64 << 31, 1]) + hloom::zeros([1, 1u64 << 31]));
    show("concatenate nothing", || hloom::concatenate(Vec::<NdArray>::new(), 0));
    show("concatenate numbers", || hloom::concatenate([1.0, 2.0], 0));
    show("concatenate unlike", || hloom::concatenate([hloom::zeros([2, 3]), hloom::zeros([2, 4])], 0));
    show("concatenate of two ranks", || hloom::concatenate([hloom::zeros([2, 3]), hloom::zeros(3)], 0));
    show("concatenate beyond memory", || {
        let big = hloom::zeros(1u64 << 58);
        hloom::concatenate([&big, &big, &big, &big], 0)
    });
    show("stack nothing", || hloom::stack(Vec::<NdArray>::new(), 0));
    show("stack unlike", || hloom::stack([hloom::zeros(2), hloom::zeros(3)], 0));
    print("broadcast_arrays of nothing", || text(hloom::broadcast_arrays([0; 0]).len()));
    print("broadcast_shapes unlike", || hloom::broadcast_shapes([[2, 3], [2, 4]]).map(|shape| shape.to_string()));
    print("broadcast_shapes of nothing", || hloom::broadcast_shapes(Vec::<i64>::new()).map(|shape| shape.to_string()));
    show("matmul of numbers", || hloom::matmul(1.0, 2.0));
    show("matmul of unlike cores", || hloom::matmul(hloom::zeros([2, 3]), hloom::zeros([2, 3])));
    show("matmul over nothing", || hloom::matmul(hloom::zeros([2, 0]), hloom::zeros([0, 3])));
    show("matmul beyond memory", || hloom::matmul(hloom::zeros([1u64 << 31, 1]), hloom::zeros([1, 1u64 << 31])));
    show("ragged", || NdArray::from(vec![vec![1, 2], vec![3]]));
    show("ragged below", || NdArray::from(vec![vec![vec![1], vec![2]], vec![vec![3], vec![4, 5]]]));
    show("ragged around nothing", || NdArray::from(vec![vec![], vec![3]]));
    show("nested and empty", || NdArray::from(Vec::<Vec<f32>>::new()));
    show("usize beyond int64", || NdArray::from(vec![usize::MAX]));
    show("eye of a negative extent", || hloom::eye((-1, 2)));
    show("eye of a far diagonal", || hloom::eye((2, 2, i64::MIN)));
    show("eye of another far diagonal", || hloom::eye((2, 2, i64::MAX)));
    show("identity of nothing", || hloom::identity(0));
    print("from_bytes of too few", || outcome(&NdArray::from_bytes([1, 2, 3], int32, [1])?));
    print("from_bytes of a negative extent", || outcome(&NdArray::from_bytes([1, 2, 3], int8, [-3])?));
    print("from_bytes of truths that are none", || text(NdArray::from_bytes([0, 1, 2, 255], bool_, [4])?.tolist()?));
    print("with_buffer of another shape", || outcome(&NdArray::with_buffer([2, 2], float32, [1.0, 2.0])?));
}

fn ranges() {
    show("arange of step 0", || hloom::arange((0, 5, 0)));
    show("arange of step 0.0", || hloom::arange((0.0, 5.0, 0.0)));
    show("arange to NaN", || hloom::arange((0.0, f64::NAN, 1.0)));
    show("arange to infinity", || hloom::arange((0.0, f64::INFINITY, 1.0)));
    show("arange backwards", || hloom::arange((5, 0, 1)));
    show("arange of i64::MIN steps", || hloom::arange((i64::MAX, i64::MIN, i64::MIN)));
    show("arange of all integers", || hloom::arange((i64::MIN, i64::MAX, 1)));
    show("arange beyond int64", || hloom::arange((i128::MAX - 1, i128::MAX, 1)));
    show("arange of extreme i128", || hloom::arange((i128::MIN, i128::MAX, i128::MIN)));
    show("arange of complex", || hloom::arange((num_complex::Complex::new(0.0, 1.0), 3, 1)));
    show("arange of tiny steps", || hloom::arange((0.0, 1.0, 1e-300)));
    show("linspace to NaN", || hloom::linspace(0.0, f64::NAN, 3));
    show("linspace between infinities", || hloom::linspace(f64::NEG_INFINITY, f64::INFINITY, 3));
    show("linspace of none", || hloom::linspace(0.0, 1.0, 0));
    show("linspace of one", || hloom::linspace(0.0, 1.0, 1));
    show("linspace of -1", || hloom::linspace(0.0, 1.0, -1));
    show("linspace of i64::MAX", || hloom::linspace(0.0, 1.0, i64::MAX));
    show("linspace of complex", || hloom::linspace(0.0, num_complex::Complex::new(0.0, 1.0), 3));
}

fn axes() {
    let x = || hloom::zeros([2, 3]);
    let far: [(&str, Axes); 6] = [
        ("axis 2", axis(2)),
        ("axis -3", axis(-3)),
        ("axis i64::MIN", axis(i64::MIN)),
        ("axis u64::MAX", axis(u64::MAX)),
        ("axis 0 twice", axis([0, -2])),
        ("no axis", axis(Vec::<i64>::new())),
    ];
    for (name, axes) in far {
        show(&format!("sum over {name}"), || x().sum(axes.clone()));
        show(&format!("mean over {name}"), || x().mean(axes.clone().keepdims()));
        show(&format!("squeeze of {name}"), || x().squeeze(axes));
    }
    show("sum of a number over axis 0", || hloom::array(1.0).sum(0));
    show("sum of a number over axis 1", || hloom::array(1.0).sum(1));
    show("max of nothing", || hloom::zeros([0, 3]).max(0));
    show("max over what is there", || hloom::zeros([0, 3]).max(1));
    show("mean of nothing", || hloom::zeros([0]).mean(..));
    show("transpose by too few", || x().transpose([0]));
    show("transpose by one twice", || x().transpose([0, 0]));
    show("transpose by i64::MIN", || x().transpose([i64::MIN, 0]));
    show("transpose of a number", || hloom::array(1).transpose(()));
    show("matrix transpose of a row", || hloom::zeros(3).mt());
    show("expand_dims at 3", || x().expand_dims(3));
    show("expand_dims at i64::MIN", || x().expand_dims(i64::MIN));
    show("expand_dims at i64::MAX", || x().expand_dims(i64::MAX));
    show("concatenate along i64::MIN", || hloom::concatenate([x(), x()], i64::MIN));
    show("concatenate along 2", || hloom::concatenate([x(), x()], 2));
    show("stack along i64::MAX", || hloom::stack([x(), x()], i64::MAX));
}

fn indices() {
    let x = || hloom::arange(12).reshape([3, 4]);
    let slice = |start, stop, step| Index::Slice { start, stop, step };
    show("index 3", || x().get(3));
    show("index -4", || x().get(-4));
    show("index i64::MIN", || x().get(i64::MIN));
    show("index usize::MAX", || x().get(usize::MAX));
    show("three indices", || x().get(s![0, 0, 0]));
    show("two ellipses", || x().get(s![..., ...]));
    show("step 0", || x().get(slice(None, None, 0)));
    show("step i64::MIN", || x().get(slice(None, None, i64::MIN)));
    show("step i64::MAX", || x().get(slice(None, None, i64::MAX)));
    show("bounds of both ends", || x().get(slice(Some(i64::MIN), Some(i64::MAX), i64::MAX)));
    show("bounds of both ends, backwards", || x().get(slice(Some(i64::MAX), Some(i64::MIN), i64::MIN)));
    show("slice of nothing by i64::MIN", || hloom::zeros([0]).get(slice(Some(i64::MIN), Some(i64::MIN), i64::MIN)));
    show("inclusive to i64::MAX", || x().get(0..=i64::MAX));
    show("index of nothing", || x().get(Vec::<i64>::new()));
    show("index of a number", || hloom::array(1).get(0));
    show("ellipsis of a number", || hloom::array(1).get(ellipsis));
    show("index array out of bounds", || x().get(vec![0i64, 3]));
    show("index array of i64::MIN", || x().get(vec![i64::MIN]));
    show("index array of u64::MAX", || x().get(NdArray::from(vec![u64::MAX])));
    show("index array of floats", || x().get(NdArray::from(vec![0.0])));
    show("index arrays unlike", || x().get(s![vec![0i64, 1], vec![0i64, 1, 2]]));
    show("mask of another shape", || x().get(vec![true, false]));
    show("mask of too many axes", || hloom::zeros(3).get(hloom::ones([3, 1]).astype(bool_)));
    show("mask of nothing", || hloom::zeros([0]).get(Vec::<bool>::new()));
    show("index in error", || x().get(hloom::zeros(-1)));
    let set = |index: Index, value: NdArray| {
        let mut x = x();
        x.set(index, value);
        x
    };
    show("set out of bounds", || set(Index::At(3), hloom::array(1)));
    show("set of another shape", || set(Index::At(0), hloom::zeros(3)));
    show("set of too many rows", || set(Index::At(0), hloom::zeros([2, 4])));
    show("set of complex", || set(Index::At(0), hloom::array(num_complex::Complex::new(0.0, 1.0))));
    show("set of an error", || set(Index::At(0), hloom::zeros(-1)));
    show("set of nothing", || set(slice(Some(5), None, 1), hloom::array(1)));
    show("set by a mask of another shape", || set(Index::from(vec![true]), hloom::array(1)));
    show("set of 300 in bytes", || {
        let mut x = hloom::zeros(2).astype(int8);
        x.set(0, 300);
        x
    });
}

fn values() {
    let x = || NdArray::from(vec![1i8, 2]);
    show("add 300 to int8", || x() + 300);
    show("add -1 to uint8", || x().astype(uint8) + -1);
    show("add 2^70", || x() + (1i128 << 70));
    show("an integer beyond uint64", || NdArray::from(hloom::Scalar::Int(i128::MAX)));
    show("compare with 2^70", || x().lt(1i128 << 70));
    show("negative bool", || -NdArray::from(true));
    show("invert of floats", || !hloom::zeros(2));
    show("shift of floats", || hloom::zeros(2) << 1);
    show("bools subtracted", || NdArray::from(true) - true);
    show("a remainder of complex", || hloom::zeros(2).astype(complex64) % 2);
    show("to the power of -1", || x().pow(-1));
    show("int minimum by -1", || NdArray::from(vec![i64::MIN]).floordiv(-1));
    show("clip of crossed bounds", || x().clip(5, 2));
    show("clip of far bounds", || x().clip(-1000, 1000));
    show("clip of lost bounds", || x().clip(1000, None));
    show("where of unlike", || hloom::where_([true, false], hloom::zeros(3), 0));
    print("item of two", || text(x().item::<i8>()?));
    print("item of another dtype", || text(x().sum(..).item::<f32>()?));
    print("to_vec of another dtype", || text(x().to_vec::<i64>()?.len()));
    print("len of a number", || text(hloom::array(1).len()?));
    print("truth of two", || text(bool::try_from(x())?));
    print("truth of nothing", || text(bool::try_from(hloom::zeros([0]))?));
    print("truth of an error", || text(bool::try_from(hloom::zeros(-1))?));
    print("rows of a number", || outcomes(hloom::array(1).iter()));
    print("rows of an error", || outcomes(hloom::zeros(-1).iter()));
    print("result_type of nothing", || hloom::result_type([0.0; 0]).map(|dtype| dtype.to_string()));
    print("display of an error", || {
        text(hloom::zeros(-1)).map(|text| text.split(", recorded").next().unwrap_or("").to_owned())
    });
    print("program of an error", || hloom::zeros(-1).hlo());
}

/// Every function of arrays without elements, of which all dtypes appear.
fn empty() {
    let all = |shape: [i32; 2]| DType::ALL.into_iter().map(move |dtype| NdArray::new(shape, dtype));
    let count = |name: &str, results: Vec<hloom::Result<String>>| {
        print(name, || {
            let n_results = results.iter().filter(|result| result.is_ok()).count();
            // A dtype that a function does not take is a type error; nothing else may be wrong.
            match results.into_iter().filter_map(Result::err).find(|error| error.kind() != ErrorKind::Type) {
                Some(error) => Err(error),
                None => text(format!("{n_results} results")),
            }
        });
    };
    for op in Unary::ALL {
        count(&format!("empty {}", op.name()), all([0, 2]).map(|x| outcome(&hloom::unary(*op, x))).collect());
    }
    for op in Binary::ALL {
        count(
            &format!("empty {}", op.name()),
            all([0, 2]).map(|x| outcome(&hloom::binary(*op, &x, NdArray::new([3, 1, 2], x.dtype())))).collect(),
        );
    }
    let x = || hloom::zeros([0, 3]);
    type Function = (&'static str, fn(&NdArray) -> NdArray);
    let functions: [Function; 32] = [
        ("sum", |x| x.sum(..)),
        ("sum over the other axis", |x| x.sum(1)),
        ("prod", |x| x.prod(axis(0).keepdims())),
        ("mean", |x| x.mean(1)),
        ("all", |x| x.all(0)),
        ("any", |x| x.any(..)),
        ("min over what is there", |x| x.min(1)),
        ("reshape", |x| x.reshape([3, 0, 5])),
        ("reshape in Fortran order", |x| x.reshape_order([0, 7], Order::F)),
        ("ravel", NdArray::ravel),
        ("t", NdArray::t),
        ("mt", NdArray::mt),
        ("squeeze", |x| x.squeeze(..)),
        ("expand_dims", |x| x.expand_dims(1)),
        ("concatenate", |x| hloom::concatenate([x, x], 0)),
        ("concatenate with rows", |x| hloom::concatenate([x, &hloom::ones([1, 3])], 0)),
        ("stack", |x| hloom::stack([x, x], 2)),
        ("broadcast_to", |x| hloom::broadcast_to(x, [4, 0, 3])),
        ("matmul", |x| hloom::matmul(x.t(), x)),
        ("where", |x| hloom::where_(x.gt(0), x, 1)),
        ("clip", |x| x.clip(0, 1)),
        ("astype", |x| x.astype(int8)),
        ("get of a column", |x| x.get(s![.., 1])),
        ("get backwards", |x| x.get(s![..;-1, ..;-2])),
        ("get by a mask", |x| x.get(x.gt(0))),
        ("get by an index array", |x| x.get(s![Vec::<i64>::new(), 0])),
        ("get of a row", |x| x.get(0)),
        ("zeros_like", |x| hloom::zeros_like(x)),
        ("ones_like", |x| hloom::ones_like(x)),
        ("full_like", |x| hloom::full_like(x, 3)),
        ("asarray", |x| hloom::asarray(x)),
        ("divmod", |x| hloom::divmod(x, 2).1),
    ];
    for (name, function) in functions {
        show(&format!("empty {name}"), || function(&x()));
    }
    show("empty set", || {
        let mut x = x();
        x.set(s![.., 1..], 4);
        x.set(x.gt(1), 0);
        x.set(s![..;-1, vec![2i64, 0]], 1);
        x
    });
    print("empty rows", || outcomes(&x()));
    print("empty rows of nothing", || outcomes(&hloom::zeros([2, 0])));
    print("empty print", || text(x()));
    print("empty repr", || x().repr());
    print("empty data", || text(x().data()?.shape()));
    print("empty number", || text((&x()).into_operand().into_array().size()));
}
