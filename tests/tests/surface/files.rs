//! Arrays in archives, in text and in safetensors: what is written is read, and what is broken is an error.

use std::fs;
use std::path::Path;

use anyhow::Result;
use hloom::prelude::*;
use hloom::{self as np, GenFromText, LoadText, SaveText};

/// Arrays of several dtypes and shapes, one beyond every threshold.
fn arrays() -> Vec<(&'static str, NdArray)> {
    vec![
        ("large", np::linspace(-1.0, 1.0, 5000).reshape((50, 100))),
        ("special", np::array([f64::NAN, f64::INFINITY, -0.0]).astype(float16)),
        ("none", np::zeros((0, 3)).astype(uint8)),
        ("one", np::array(true)),
        ("complex", np::array([np::c64(1.0, -2.0)]).astype(complex64)),
    ]
}

#[track_caller]
fn assert_same(a: &NdArray, b: &NdArray) -> Result<()> {
    assert_eq!((a.try_type()?, a.to_bytes()?), (b.try_type()?, b.to_bytes()?));
    Ok(())
}

#[test]
fn archives_are_read_as_they_were_written() -> Result<()> {
    let folder = tempfile::tempdir()?;
    for compressed in [false, true] {
        let path = folder.path().join(format!("a{compressed}"));
        if compressed {
            np::savez_compressed(&path, arrays())?
        } else {
            np::savez(&path, arrays())?
        }
        let archive = np::load_npz(path.with_extension("npz"))?;
        assert_eq!(archive.names(), arrays().iter().map(|(name, _)| *name).collect::<Vec<_>>());
        for ((name, read), (_, array)) in archive.arrays()?.iter().zip(arrays()) {
            assert_same(read, &array)?;
            assert_same(&archive.get(name)?, &array)?;
        }
        assert_eq!(archive.get("other").unwrap_err().kind(), ErrorKind::Index);
    }
    let sizes = [false, true].map(|it| fs::metadata(folder.path().join(format!("a{it}.npz"))).map(|found| found.len()));
    let [plain, compressed] = sizes;
    assert!(compressed? < plain?);
    Ok(())
}

#[test]
fn archives_that_cannot_be_written_leave_what_was_there() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("x.npz");
    np::savez(&path, (1, [2.5]))?;
    let before = fs::read(&path)?;
    let wrong = np::zeros(2) + np::zeros(3);
    assert_eq!(np::savez(&path, [("a", &wrong)]).unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(np::savez(&path, [("a", 1), ("a", 2)]).unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(np::savez(&path, [np::ones(2).astype(bfloat16)]).unwrap_err().kind(), ErrorKind::Type);
    assert_eq!(fs::read(&path)?, before);
    assert_eq!(fs::read_dir(folder.path())?.count(), 1);
    Ok(())
}

/// Reads broken copies of a file: cut off at many places, and with each of many bytes changed.
fn read_broken(bytes: &[u8], path: &Path, read: impl Fn(&Path) -> np::Result<()>) -> Result<()> {
    let n_steps = 150.min(bytes.len());
    for step in 0..n_steps {
        let at = step * bytes.len() / n_steps;
        fs::write(path, &bytes[..at])?;
        // Files that end early are errors; one of a changed byte may be another array. Neither may panic.
        assert!(read(path).is_err(), "cut at {at}");
        for change in [0xff, 0x80, 1] {
            let mut changed = bytes.to_vec();
            changed[at] ^= change;
            fs::write(path, &changed)?;
            let _ = read(path);
        }
    }
    Ok(())
}

#[test]
fn broken_archives_are_errors() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("x.npz");
    np::savez_compressed(&path, [("a", np::arange(20)), ("b", np::ones(3))])?;
    let bytes = fs::read(&path)?;
    read_broken(&bytes, &folder.path().join("broken.npz"), |path| np::load_npz(path)?.arrays().map(|_| ()))?;
    for content in [&b""[..], b"PK", b"no archive at all"] {
        fs::write(&path, content)?;
        assert_eq!(np::load_npz(&path).unwrap_err().kind(), ErrorKind::Value);
    }
    assert_eq!(np::load_npz("/dev/zero").unwrap_err().kind(), ErrorKind::Io);
    Ok(())
}

#[test]
fn what_an_archive_promises_is_not_allocated() -> Result<()> {
    // The lengths of an entry, before compression, stand in its local header and in the directory at the end.
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("x.npz");
    np::savez(&path, [("a", np::arange(4))])?;
    let mut bytes = fs::read(&path)?;
    let directory = bytes.windows(4).position(|part| part == b"PK\x01\x02").unwrap_or_default();
    for at in [22, directory + 24] {
        bytes[at..at + 4].copy_from_slice(&0xf000_0000u32.to_le_bytes());
    }
    // The header inside agrees.
    let shape = bytes.windows(4).position(|part| part == b"(4,)").unwrap_or_default();
    bytes[shape..shape + 12].copy_from_slice(b"(503316463,)");
    fs::write(&path, &bytes)?;
    let error = np::load_npz(&path)?.get("a").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value, "{error}");
    Ok(())
}

#[test]
fn safetensors_are_read_as_they_were_written() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("x.safetensors");
    let mut arrays = arrays();
    arrays.push(("half", np::array([1.5, -0.0]).astype(bfloat16)));
    np::save_safetensors(&path, arrays.iter().map(|(name, array)| (*name, array)))?;
    let read = np::load_safetensors(&path)?;
    assert_eq!(read.len(), arrays.len());
    for (name, array) in &arrays {
        assert_same(&read[*name], array)?;
    }
    let twice = np::save_safetensors(&path, [("a", 1), ("a", 2)]);
    assert_eq!(twice.unwrap_err().kind(), ErrorKind::Value);
    let wide = np::save_safetensors(&path, [("z", np::array(np::c64(0.0, 1.0)))]);
    assert_eq!(wide.unwrap_err().kind(), ErrorKind::Type);
    let bytes = fs::read(&path)?;
    read_broken(&bytes, &folder.path().join("broken"), |path| np::load_safetensors(path).map(|_| ()))
}

#[test]
fn text_is_read_as_it_was_written() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("x.txt");
    let x = (np::arange(6000) * 7 % 1001 - 500).reshape((2000, 3)) / 8;
    np::savetxt(&path, &x, ..)?;
    assert_same(&np::loadtxt(&path, ..)?, &x)?;
    assert_same(&np::genfromtxt(&path, ..)?, &x)?;
    np::savetxt(&path, (&x * 8).astype(int32), SaveText::default().fmt("%d").delimiter(";").header("a\nb"))?;
    let text = fs::read_to_string(&path)?;
    assert!(text.starts_with("# a\n# b\n-500;-493;-486\n"), "{}", &text[..40]);
    assert_same(&np::loadtxt(&path, LoadText::default().delimiter(";").dtype(int32))?, &(&x * 8).astype(int32))?;
    np::savetxt(&path, [np::c64(1.0, -0.5), np::c64(0.0, 2.0)], ..)?;
    assert_eq!(np::loadtxt(&path, LoadText::default().dtype(complex128))?.to_string(), "[1.-0.5j 0.+2.j ]");
    np::savetxt(&path, np::ones((2, 2)), SaveText::default().fmt_columns(["%.1f", "%4d"]).footer("end"))?;
    assert_eq!(fs::read_to_string(&path)?, "1.0    1\n1.0    1\n# end\n");
    Ok(())
}

#[test]
fn lines_and_columns_are_chosen() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("x.csv");
    fs::write(&path, "name,b,c\r\n1, 2 ,3 # note\n\n# only a note\n4,5,6\n7,8,9\n")?;
    let lines = LoadText::default().delimiter(",").skiprows(1);
    assert_eq!(np::loadtxt(&path, lines.clone())?.tolist()?, [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]);
    assert_eq!(np::loadtxt(&path, lines.clone().usecols([-1, 0]).max_rows(2))?.tolist()?, [[3.0, 1.0], [6.0, 4.0]]);
    assert_eq!(np::loadtxt(&path, lines.clone().usecols([1]))?.tolist()?, [2.0, 5.0, 8.0]);
    assert_eq!(np::loadtxt(&path, lines.clone().usecols([1]).ndmin(2))?.shape(), [3, 1]);
    assert_eq!(np::loadtxt(&path, lines.clone().max_rows(2).unpack(true))?.shape(), [3, 2]);
    assert_eq!(np::loadtxt(&path, lines.clone().usecols([3])).unwrap_err().kind(), ErrorKind::Value);
    let error = np::loadtxt(&path, ",").unwrap_err();
    assert!(error.message().contains("could not convert string 'name' to float64 at row 0, column 1"), "{error}");
    fs::write(&path, "'a;1';2\n")?;
    assert!(np::loadtxt(&path, LoadText::default().delimiter(";").quotechar('\'')).is_err());
    fs::write(&path, "'1';2\n3;'4'\n")?;
    let quoted = np::loadtxt(&path, LoadText::default().delimiter(";").quotechar('\''))?;
    assert_eq!(quoted.tolist()?, [[1.0, 2.0], [3.0, 4.0]]);
    for (text, shape) in [("", vec![0]), ("5", vec![]), ("5\n6", vec![2]), ("5 6", vec![2])] {
        fs::write(&path, text)?;
        assert_eq!(np::loadtxt(&path, ..)?.shape().to_vec(), shape, "{text:?}");
    }
    Ok(())
}

#[test]
fn text_that_is_no_table_is_an_error() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("x.txt");
    for (content, part) in [(&b"1 2\n3\n"[..], "columns changed"), (b"1 x", "'x'"), (b"1 \xff", "UTF-8")] {
        fs::write(&path, content)?;
        let error = np::loadtxt(&path, ..).unwrap_err();
        assert!(error.kind() == ErrorKind::Value && error.message().contains(part), "{error}");
    }
    fs::write(&path, "300")?;
    assert_eq!(np::loadtxt(&path, LoadText::default().dtype(uint8)).unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(np::loadtxt(folder.path(), ..).unwrap_err().kind(), ErrorKind::Io);
    for fmt in ["%", "%q", "%d %d", "no number"] {
        assert_eq!(np::savetxt(&path, [1.0], fmt).unwrap_err().kind(), ErrorKind::Value, "{fmt}");
    }
    assert_eq!(np::savetxt(&path, np::ones((1, 1, 1)), ..).unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(fs::read_to_string(&path)?, "300");
    Ok(())
}

#[test]
fn missing_cells_are_filled() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("x.csv");
    fs::write(&path, "1,-,3\n,5,oops\n7,8\n9,9,9\n")?;
    let cells = GenFromText::default().delimiter(",").invalid_raise(false);
    assert_eq!(np::genfromtxt(&path, cells.clone())?.to_string(), "[[ 1. nan  3.]\n [nan  5. nan]\n [ 9.  9.  9.]]");
    let whole = cells.clone().dtype(int64).missing_values(["9"]).filling_value(0).skip_footer(0);
    assert_eq!(np::genfromtxt(&path, whole)?.tolist()?, [[1, 0, 3], [0, 5, 0], [0, 0, 0]]);
    assert_eq!(np::genfromtxt(&path, cells.clone().skip_footer(2))?.shape(), [2, 3]);
    assert_eq!(np::genfromtxt(&path, ",").unwrap_err().kind(), ErrorKind::Value);
    Ok(())
}

#[test]
fn buffers_and_iterators_are_arrays() -> Result<()> {
    let x = np::linspace(0.0, 1.0, 5000);
    assert_same(&np::frombuffer(x.to_bytes()?, float64)?, &x)?;
    assert_eq!(np::frombuffer([0u8, 7, 1], bool_)?.tolist()?, [false, true, true]);
    assert_eq!(np::frombuffer([0u8; 7], float32).unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(np::frombuffer([], float32)?.shape(), [0]);
    assert_eq!(np::fromiter((0..3u8).rev()).to_string(), "[2 1 0]");
    Ok(())
}
