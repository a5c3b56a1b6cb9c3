//! A scenario of forks, after which a plugin's threads are not there.

use std::time::Duration;

use anyhow::Result;
use hloom::NdArray;

/// A child that takes longer waits for a thread of its parent's.
const LIMIT: Duration = Duration::from_secs(20);

/// Forks before the device is opened, and after; prints what the children say, each with its status.
pub(crate) fn fork(_args: &[String]) -> Result<()> {
    let early = hloom_pjrt::fork(LIMIT, || said((hloom::arange(4) * 2).tolist()))?;
    println!("early {} {}", early.0, early.1);

    let host = NdArray::from(vec![1i64, 2, 3]);
    let computed = hloom::arange(5) + 1;
    println!("parent {}", computed.tolist()?);
    let recorded = &computed * 2;
    let function = hloom::jit(|x: NdArray| x.sum(..));
    println!("parent {}", function.call(computed.clone())?.tolist()?);
    // More than may be pending, so that the thread that runs what was cut off has something to do.
    let mut long = hloom::ones(1 << 16);
    for _ in 0..4000 {
        long = (&long * 1.5 + 1.0).sin();
    }
    let ways: [(&str, &dyn Fn() -> String); 8] = [
        ("new", &|| said((hloom::ones(3) + 1).tolist())),
        ("recorded", &|| said(recorded.tolist())),
        ("computed", &|| said(computed.tolist())),
        ("call", &|| said(function.call(computed.clone()).and_then(|sum| sum.tolist()))),
        ("cut off", &|| said(long.tolist())),
        ("long", &|| {
            let mut long = hloom::ones(1 << 16);
            for _ in 0..4000 {
                long = (&long * 1.5 + 1.0).sin();
            }
            said(long.tolist())
        }),
        ("host", &|| said(host.tolist())),
        ("drop", &|| {
            drop((hloom::jit(|x: NdArray| x + 1), recorded.clone(), computed.clone()));
            "dropped".to_owned()
        }),
    ];
    for (name, way) in ways {
        let (status, text) = hloom_pjrt::fork(LIMIT, way)?;
        println!("{name} {status} {text}");
    }
    // The plugin's destructors run, too.
    let (status, text) = hloom_pjrt::fork(LIMIT, || std::process::exit(3))?;
    println!("exit {status} {text}");
    println!("parent {}", recorded.tolist()?);
    Ok(())
}

fn said(value: hloom::Result<hloom::List>) -> String {
    match value {
        Ok(value) => format!("value {value}"),
        Err(error) => format!("{:?}: {}", error.kind(), error.message()),
    }
}
