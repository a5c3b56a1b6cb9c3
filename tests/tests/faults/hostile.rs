//! A table of calls that no careful program makes: each gives a value or an error, none a panic.

use expect_test::expect_file;

use crate::child::Child;

#[test]
fn no_call_panics() {
    let table = Child::new("hostile").stdout();
    let panics: Vec<&str> = table.lines().filter(|line| line.contains(": PANIC ")).collect();
    assert!(panics.is_empty(), "{panics:#?}");
    let bugs: Vec<&str> = table.lines().filter(|line| line.contains("InternalError")).collect();
    assert!(bugs.is_empty(), "{bugs:#?}");
    expect_file!["hostile.txt"].assert_eq(&table);
}
