//! Decisions of the design that a user can see: numbers make no new programs, what is dear is kept, and
//! what will run can be read.

use expect_test::expect;
use hloom::prelude::*;

use crate::child::Child;

/// How many programs each use compiles: one at first, none for other numbers. Lengths shape a program.
#[test]
fn numbers_never_recompile() {
    expect![[r#"
        integer: 1 0 0 0 0
        float: 1 0 0 0
        number first: 1 0 0 0
        index: 1 0 0 0 0
        window: 1 0 0 0
        full: 1 0 0
        where: 1 0 0
        clip: 1 0 0
        set: 1 0 0 0
        arange: 1 0 0
        length: 1 1 1
    "#]]
    .assert_eq(&Child::new("numbers").stdout());
}

#[test]
fn dear_ancestors_come_with_the_result_and_cheap_ones_do_not() {
    let x = hloom::arange(12).reshape([3, 4]);
    let cheap = &x * 2 + 1;
    let sum = cheap.sum(0);
    let product = cheap.matmul(cheap.t());
    let gathered = cheap.get(vec![2i64, 0]);
    let apart = cheap.sum(1);
    let result = sum.max(..) + product.max(..) + gathered.max(..);
    assert!(!sum.is_materialized() && !product.is_materialized());
    assert_eq!(result.item::<i64>().unwrap(), 45 + (17 * 17 + 19 * 19 + 21 * 21 + 23 * 23) + 23);
    assert!(result.is_materialized());
    assert!(sum.is_materialized() && product.is_materialized() && gathered.is_materialized());
    assert!(!x.is_materialized() && !cheap.is_materialized());
    // Nothing that the result does not need is computed.
    assert!(!apart.is_materialized());
    assert_eq!(sum.to_vec::<i64>().unwrap(), [27, 33, 39, 45]);
    assert_eq!(cheap.get(0).to_vec::<i64>().unwrap(), [1, 3, 5, 7]);
}

#[test]
fn long_cheap_chains_are_kept_where_they_are_held() {
    let mut chain = hloom::arange(4);
    for _ in 0..40 {
        chain += 1;
    }
    let result = chain.sum(..);
    assert_eq!(result.item::<i64>().unwrap(), 166);
    assert!(chain.is_materialized());
}

/// The text of a program without where each operation was recorded.
fn without_places(text: &str) -> String {
    let lines = text.lines().map(|line| line.split(", metadata=").next().unwrap_or_default());
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn programs_can_be_read() {
    let x = NdArray::from(vec![1.0, 2.0]);
    let y = (&x * 3.0 + 1.0).sin().sum(..);
    expect![[r#"
        %0 = input() : f64[2]
        %1 = scalar() : f64[]
        %2 = multiply(%0, %1) : f64[2]
        %3 = scalar() : f64[]
        %4 = add(%2, %3) : f64[2]
        %5 = sin(%4) : f64[2]
        %6 = sum(%5) {axes=[0]} : f64[]
        return %6
    "#]]
    .assert_eq(&y.ir().unwrap());
    expect![[r#"
        HloModule hloom, entry_computation_layout={(f64[2]{0}, f64[2]{0})->(f64[])}

        %add.17 (p0: f64[], p1: f64[]) -> f64[] {
          %parameter.18 = f64[] parameter(0)
          %parameter.19 = f64[] parameter(1)
          ROOT %add.20 = f64[] add(%parameter.18, %parameter.19)
        }

        ENTRY %main.1 (p0: f64[2], p1: f64[2]) -> (f64[]) {
          %parameter.2 = f64[2]{0} parameter(0)
          %parameter.3 = f64[2]{0} parameter(1)
          %slice.4 = f64[1]{0} slice(%parameter.3), slice={[0:1]}
          %reshape.5 = f64[] reshape(%slice.4)
          %slice.6 = f64[1]{0} slice(%parameter.3), slice={[1:2]}
          %reshape.7 = f64[] reshape(%slice.6)
          %broadcast.8 = f64[2]{0} broadcast(%reshape.5), dimensions={}
          %multiply.9 = f64[2]{0} multiply(%parameter.2, %broadcast.8)
          %constant.10 = f64[] constant(-0)
          %opt-barrier.11 = f64[] opt-barrier(%constant.10)
          %broadcast.12 = f64[2]{0} broadcast(%opt-barrier.11), dimensions={}
          %add.13 = f64[2]{0} add(%multiply.9, %broadcast.12)
          %broadcast.14 = f64[2]{0} broadcast(%reshape.7), dimensions={}
          %add.15 = f64[2]{0} add(%add.13, %broadcast.14)
          %sine.16 = f64[2]{0} sine(%add.15)
          %constant.21 = f64[] constant(0)
          %reduce.22 = f64[] reduce(%sine.16, %constant.21), dimensions={0}, to_apply=%add.17
          ROOT %tuple.23 = (f64[]) tuple(%reduce.22)
        }
    "#]]
    .assert_eq(&without_places(&y.hlo().unwrap()));
    assert!(!y.is_materialized(), "reading a program runs nothing");
}
