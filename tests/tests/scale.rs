//! Size: a million operations, thousands of rounds, sixteen threads. What is recorded stays bounded in
//! memory, in stack and in the number of programs that are compiled.
//!
//! Counters and memory belong to a process, so that those scenarios run in children.

use std::sync::Barrier;

use hloom::NdArray;

use crate::child::{Child, Numbers};

const N_THREADS: usize = 16;

/// The most operations that one thread leaves pending: where it looks for a place to cut for the last time,
/// and as many again that it may leave behind the place it finds.
const MAX_PENDING: u64 = 2 * 1024;

fn grown_mib(numbers: &Numbers) -> u64 {
    (numbers.get("peak_kib") - numbers.get("start_kib")) / 1024
}

#[test]
fn a_million_operations_in_a_chain() {
    let numbers = Child::new("chain").arg("500000").numbers();
    assert_eq!(numbers.get("recorded"), 1_000_000);
    assert!(numbers.get("pending_peak") <= MAX_PENDING, "{numbers:?}");
    assert!(numbers.get("compiles") <= 4, "{numbers:?}");
    assert!(grown_mib(&numbers) <= 128, "{numbers:?}");
    assert_eq!(numbers.get("pending"), 0);
}

#[test]
fn a_million_users_of_one_array() {
    let numbers = Child::new("users").arg("1000000").numbers();
    assert!(numbers.get("pending_peak") <= MAX_PENDING, "{numbers:?}");
    assert!(numbers.get("compiles") <= 4, "{numbers:?}");
    assert!(grown_mib(&numbers) <= 128, "{numbers:?}");
}

/// Every array of the chain is held, so that every one is computed and takes device memory.
#[test]
fn a_million_held_arrays_are_dropped_from_both_ends() {
    let numbers = Child::new("handles").arg("1000000").numbers();
    assert!(numbers.get("pending_peak") <= MAX_PENDING, "{numbers:?}");
    assert!(numbers.get("compiles") <= 6, "{numbers:?}");
    assert!(grown_mib(&numbers) <= 2560, "{numbers:?}");
}

#[test]
fn operations_that_nothing_reads_are_freed() {
    let numbers = Child::new("unused").arg("20000").numbers();
    assert_eq!(numbers.get("pending"), 0);
    assert!(grown_mib(&numbers) <= 64, "{numbers:?}");
}

/// The parts of a long axis are a few small programs, run many times.
#[test]
fn an_array_of_many_rows_is_taken_apart() {
    let [few, many] = ["512", "4096"].map(|n| Child::new("parts").arg(n).numbers());
    assert!(few.get("compiles") <= 4, "{few:?}");
    assert!(many.get("compiles") <= 4, "{many:?}");
    assert!(many.get("pending_peak") <= 128, "{many:?}");
}

/// Finding where a loop's body begins may take some rounds, which compile programs of their own; all later
/// rounds are the same programs again.
#[test]
fn loops_compile_a_bounded_number_of_programs() {
    for n_operations in ["300", "700"] {
        let compiles = |rounds: &str| {
            let numbers = Child::new("body").arg(n_operations).arg(rounds).numbers();
            assert!(numbers.get("pending_peak") <= MAX_PENDING, "{numbers:?}");
            numbers.get("compiles")
        };
        let (few, many) = (compiles("40"), compiles("120"));
        assert_eq!(few, many, "a body of {n_operations} operations, in 40 and in 120 rounds");
        assert!(many <= 4, "a body of {n_operations} took {many} compiles");
    }
}

/// An array that nobody holds any more is replaced where it is, whether each is read or many are recorded at once. One
/// that is held until the next is there stays beside it.
#[test]
fn a_chain_of_large_arrays_takes_the_memory_of_one() {
    const MIB: u64 = 512;
    for (how, rounds, n_arrays) in [("read", "6", 1), ("unread", "50", 1), ("held", "4", 2)] {
        let numbers = Child::new("replace").arg(MIB.to_string()).arg(rounds).arg(how).numbers();
        let grown = grown_mib(&numbers);
        assert!((n_arrays * MIB..n_arrays * MIB + MIB / 2).contains(&grown), "{how}: {grown} MiB, {numbers:?}");
    }
}

#[test]
fn what_somebody_holds_is_not_replaced_in_its_place() {
    let expected = "clone 1\ntensor 1\ntwice 3\npending 6\njoined 1\ncall 2\ncaptured 2\ndenied true\nkept 1 2\n";
    assert_eq!(Child::new("keep").arg("64").stdout(), expected);
    assert_eq!(Child::new("contend").arg("64").arg("40").stdout(), "last 40\n");
}

/// What is read each round leaves the array it is read from pending, until a round would compute something a
/// second time: that round keeps it, and the rounds after it are the same programs again.
#[test]
fn reading_a_number_each_round_compiles_a_bounded_number_of_programs() {
    let numbers = |rounds: &str| Child::new("scalar-loop").arg(rounds).numbers();
    let (few, many) = (numbers("100"), numbers("400"));
    assert_eq!(few.get("compiles"), many.get("compiles"));
    assert!(many.get("compiles") <= 4, "{many:?}");
    assert!(many.get("executions") >= 400, "{many:?}");
    assert!(many.get("pending_peak") <= 64, "{many:?}");
}

#[test]
fn threads_that_need_one_program_compile_it_once() {
    for which in ["shared", "own"] {
        let numbers = Child::new("one-compile").arg(N_THREADS.to_string()).arg(which).numbers();
        assert_eq!(numbers.get("compiles"), 1, "{which}: {numbers:?}");
        let n_executions = if which == "shared" { 1 } else { N_THREADS as u64 };
        assert_eq!(numbers.get("executions"), n_executions, "{which}: {numbers:?}");
    }
}

/// What a thread computes from an array of its own and one that all share.
fn work(thread: usize, shared: &NdArray) -> hloom::Result<Vec<i64>> {
    let mut own = hloom::arange(24).reshape([4, 6]) + thread as i64;
    for round in 0..40 {
        own = (&own * 3 + shared.get(round % 4)) % 1009;
        if round % 10 == 9 {
            own.set(round % 4, own.max(..));
        }
    }
    (own.sum(0) - shared.sum(0)).to_vec::<i64>()
}

#[test]
fn threads_get_what_one_thread_gets() {
    let shared = || hloom::arange(24).reshape([4, 6]) * 7 % 11;
    let alone = shared();
    let expected: Vec<Vec<i64>> = (0..N_THREADS).map(|thread| work(thread, &alone).unwrap()).collect();
    let (shared, start) = (shared(), Barrier::new(N_THREADS));
    let found: Vec<Vec<i64>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..N_THREADS)
            .map(|thread| {
                let (shared, start) = (&shared, &start);
                scope.spawn(move || {
                    start.wait();
                    work(thread, shared).unwrap()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(found, expected);
    // Threads that shift by different amounts get different values, or equality would mean little.
    assert_ne!(expected[0], expected[1]);
}

#[test]
fn one_shared_array_is_materialized_by_all_threads_at_once() {
    for round in 0..8 {
        let x = hloom::arange(100) * (round + 2);
        let x = x.reshape([10, 10]).sum(1).reshape([2, 5]).sum(0).sum(..);
        let start = Barrier::new(N_THREADS);
        std::thread::scope(|scope| {
            for _ in 0..N_THREADS {
                scope.spawn(|| {
                    start.wait();
                    assert_eq!(x.item::<i64>().unwrap(), 4950 * (round + 2));
                });
            }
        });
    }
}
