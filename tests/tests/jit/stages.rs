//! Stages: what is traced, lowered and compiled can be looked at, and called.

use expect_test::expect;
use hloom as np;
use hloom::prelude::*;
use hloom::{Compiled, ShapeDtype};

use super::without_line;

/// The text of a program without where each operation was recorded.
fn without_places(text: &str) -> String {
    let lines = text.lines().map(|line| line.split(", metadata=").next().unwrap_or_default());
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_function_is_lowered_for_types_alone() -> hloom::Result<()> {
    let predict = np::jit(|(w, x): (NdArray, NdArray)| x.matmul(w)).name("predict");
    let lowered = predict.lower((ShapeDtype::new([3, 2], float32)?, ShapeDtype::new([4, 3], float32)?))?;
    expect![[r#"
        %0 = input() : f32[3,2]
        %1 = input() : f32[4,3]
        %2 = dot(%1, %0) {batch=[]x[] contracting=[1]x[0]} : f32[4,2]
        return %2
    "#]]
    .assert_eq(&lowered.ir());
    expect![[r#"
        HloModule jit_predict, entry_computation_layout={(f32[3,2]{1,0}, f32[4,3]{1,0})->(f32[4,2]{1,0})}

        ENTRY %main.1 (p0: f32[3,2], p1: f32[4,3]) -> (f32[4,2]) {
          %parameter.2 = f32[3,2]{1,0} parameter(0)
          %parameter.3 = f32[4,3]{1,0} parameter(1)
          %dot.4 = f32[4,2]{1,0} dot(%parameter.3, %parameter.2), lhs_contracting_dims={1}, rhs_contracting_dims={0}, operand_precision={highest,highest}
          ROOT %tuple.5 = (f32[4,2]{1,0}) tuple(%dot.4)
        }
    "#]]
    .assert_eq(&without_places(&lowered.hlo_text()?));
    // 4 x 2 sums of 3 products; the operands and the result once each.
    let cost = lowered.cost();
    assert_eq!((cost.flops, cost.transcendentals, cost.bytes_accessed), (2 * 4 * 2 * 3, 0, 4 * (6 + 12 + 8)));
    // Lowering traces, and keeps nothing in the function.
    assert_eq!(predict.n_signatures(), 0);
    Ok(())
}

#[test]
fn small_arrays_without_data_are_put_together_inside() -> hloom::Result<()> {
    let functions: [fn(NdArray) -> NdArray; 4] = [
        |x| np::median(x, ..),
        |x| np::percentile(x, 90, ..),
        |x| np::nanmedian(x, 0),
        |x| x + np::concatenate((np::zeros(2), np::ones(4)), 0),
    ];
    for function in functions {
        let ir = np::jit(function).lower(ShapeDtype::new([6], float64)?)?.ir();
        assert_eq!(ir.matches("input()").count(), 1, "{ir}");
    }
    Ok(())
}

#[test]
fn every_operation_names_a_line_of_the_user() -> hloom::Result<()> {
    let function = np::jit(|(x, n): (NdArray, NdArray)| {
        let (sums, _): (NdArray, NdArray) = np::scan(|sum: NdArray, row: NdArray| (&sum + row.sin(), sum), &x, &x);
        np::cond(
            sums.sum(..).gt(0),
            || np::fori_loop(0, n, &x, |i, x: NdArray| x * i),
            || np::while_loop(&x, |x: NdArray| x.sum(..).lt(9), |x| x + 1),
        )
    });
    let text = function.lower((np::ones([3, 3]), 4))?.hlo_text()?;
    let lines = text.lines().filter_map(|line| line.split_once("source_file=")?.1.split('"').nth(1));
    let files: std::collections::BTreeSet<&str> = lines.collect();
    assert_eq!(files.into_iter().collect::<Vec<_>>(), [file!()]);
    Ok(())
}

#[test]
fn costs_count_loops_once_and_the_dearest_branch() -> hloom::Result<()> {
    let f = np::jit(|x: NdArray| np::fori_loop(0, 100, x, |_, x: NdArray| x.exp() * 2));
    let cost = f.lower(ShapeDtype::new([10], float32)?)?.cost();
    assert_eq!(cost.transcendentals, 10);
    // 7 additions of the sum, 2 operations on 8 elements in one branch, and what the predicate takes.
    let f = np::jit(|x: NdArray| np::cond(x.sum(..).gt(0), || &x * 2 + 1, || -&x));
    let cost = f.lower(ShapeDtype::new([8], float32)?)?.cost();
    assert_eq!(cost.flops, 7 + 1 + 2 * 8);
    Ok(())
}

#[test]
fn a_compiled_function_tells_its_memory_and_its_program() -> hloom::Result<()> {
    let f = np::jit(|(x, by): (NdArray, NdArray)| (&x * by + 1).sum(1));
    let compiled = f.lower((ShapeDtype::new([1000, 1000], float32)?, 2.0))?.compile()?;
    let memory = compiled.memory()?;
    assert_eq!(memory.argument_bytes, 4_000_000 + 8);
    assert!(memory.output_bytes >= 4000 && memory.output_bytes < 5000, "{memory:?}");
    assert!(memory.temporary_bytes < 1_000_000, "what is summed is not written to memory: {memory:?}");
    let text = compiled.optimized_hlo()?;
    assert!(text.starts_with("HloModule jit_") && text.contains("fusion"), "{text}");
    let types: Vec<String> = compiled.argument_types().iter().map(|(path, ty)| format!("{path} {ty}")).collect();
    assert_eq!(types, ["[0] f32[1000,1000]", "[1] f64[]"]);
    assert_eq!(compiled.result_types()[0].to_string(), "f32[1000]");
    let y = compiled.call((np::ones([1000, 1000]).astype(float32), 0.5))?;
    assert_eq!(y.get(7).item::<f32>()?, 1500.0);
    Ok(())
}

#[test]
fn a_compiled_function_takes_its_own_signature_only() -> hloom::Result<()> {
    let f = np::jit(|(x, n): (NdArray, usize)| x * n).name("scaled");
    let compiled = f.lower((ShapeDtype::new([2], float32)?, 3))?.compile()?;
    let x = np::array([1.0f32, 2.0]);
    assert_eq!(compiled.call((&x, 3))?.to_vec::<f32>()?, [3.0, 6.0]);
    let refused = |result: hloom::Result<NdArray>| without_line(&result.unwrap_err());
    expect!["TypeError: 'scaled' is compiled for other arguments: argument [1] is 4, was 3"]
        .assert_eq(&refused(compiled.call((&x, 4))));
    expect!["TypeError: 'scaled' is compiled for other arguments: argument [0] is f64[2], was f32[2]"]
        .assert_eq(&refused(compiled.call((x.astype(float64), 3))));
    expect!["TypeError: 'scaled' is called with a ShapeDtype, which has no elements"]
        .assert_eq(&refused(compiled.call((ShapeDtype::new([2], float32)?, 3))));
    expect!["TypeError: 'scaled' is called with a ShapeDtype, which has no elements"]
        .assert_eq(&refused(f.call((ShapeDtype::new([2], float32)?, 3))));
    let outer = np::jit(move |x: NdArray| compiled.call((&x, 3)));
    assert_eq!(outer.call(&x)?.unwrap_err().kind(), ErrorKind::Trace);
    Ok(())
}

#[test]
fn arrays_without_values_stand_in_structs() -> hloom::Result<()> {
    let spec = ShapeDtype::new([5], int32)?;
    let x = spec.abstract_array();
    assert_eq!((x.shape(), x.dtype()), ([5].into(), int32));
    let f = np::jit(|x: NdArray| x.sum(..));
    assert!(f.lower(&x)?.ir().contains("i32[5]"));
    for error in [x.tolist().unwrap_err(), (&x + 1).tolist().unwrap_err(), f.call(&x).unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Trace, "{error}");
        assert!(error.message().contains("stands for a shape and a dtype only"), "{error}");
    }
    assert!(ShapeDtype::new([-1], int32).is_err());
    Ok(())
}

#[test]
fn unused_arguments_are_left_out_unless_they_are_to_stay() -> hloom::Result<()> {
    let f = np::jit(|(x, _y): (NdArray, NdArray)| x + 1);
    let specs = (ShapeDtype::new([2], float64)?, ShapeDtype::new([1000], float64)?);
    let memory = |f: &np::Jit<(NdArray, NdArray), NdArray>| f.lower(&specs)?.compile()?.memory();
    assert_eq!(memory(&f)?.argument_bytes, 16);
    assert_eq!(memory(&f.keep_unused(true))?.argument_bytes, 16 + 8000);
    let (x, y) = (np::array([1.0, 2.0]), np::zeros(1000));
    assert_eq!(f.call((&x, &y))?.to_vec::<f64>()?, [2.0, 3.0]);
    assert_eq!(f.keep_unused(true).call((&x, &y))?.to_vec::<f64>()?, [2.0, 3.0]);
    Ok(())
}

#[test]
fn a_function_runs_on_the_device_that_is_asked_for() -> hloom::Result<()> {
    let f = np::jit(|x: NdArray| x + 1);
    let x = np::array([1.0]);
    assert_eq!(f.device("cpu").call(&x)?.item::<f64>()?, 2.0);
    for (device, kind) in [("fpga:0", ErrorKind::Plugin), ("cpu:7", ErrorKind::Plugin)] {
        let error = f.device(device).call(&x).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().contains(device), "{error}");
    }
    Ok(())
}

#[test]
fn a_compiled_function_is_not_bound_to_the_one_it_came_from() -> hloom::Result<()> {
    let compiled: Compiled<NdArray, NdArray> = {
        let base = np::array([1.0, 2.0]);
        np::jit(move |x: NdArray| x + &base).lower(ShapeDtype::new([2], float64)?)?.compile()?
    };
    assert_eq!(compiled.call(np::zeros(2))?.to_vec::<f64>()?, [1.0, 2.0]);
    Ok(())
}

#[test]
fn a_function_without_arrays_has_no_program() {
    let refused = np::jit(|n: usize| n + 1).name("next").lower(3).unwrap_err();
    expect!["TypeError: lower: 'next' returns no arrays, so that there is no program"]
        .assert_eq(&without_line(&refused));
}
