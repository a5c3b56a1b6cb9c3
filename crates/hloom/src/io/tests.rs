//! Files as NumPy writes them, and files as it would not.
//!
//! The bytes that begin with `\x93NUMPY` and a padded header were written by NumPy 2.4.6, by `np.save(file, x)` into
//! an `io.BytesIO`; those of other versions by `np.lib.format.write_array(file, x, version)`.

use std::fs;
use std::path::Path;

use half::f16;
use num_complex::Complex;

use super::header::{self, Header};
use super::*;
use crate::{DType, Shape, Type};

/// NumPy's bytes must read as the array.
#[track_caller]
fn check_read(bytes: &[u8], expected: &NdArray) {
    let read = NdArray::from_npy(bytes).unwrap();
    assert_eq!(read.try_type().unwrap(), expected.try_type().unwrap());
    assert_eq!(read.to_bytes().unwrap(), expected.to_bytes().unwrap());
}

/// NumPy's bytes must read as the array, and the array be written as these bytes.
#[track_caller]
fn check(bytes: &[u8], expected: NdArray) {
    if cfg!(target_endian = "little") {
        assert_eq!(expected.to_npy().unwrap().escape_ascii().to_string(), bytes.escape_ascii().to_string());
    }
    check_read(bytes, &expected);
}

/// A file of version 1.0 with a header that need not be one.
fn file_of(header: &str, data: &[u8]) -> Vec<u8> {
    let len = u16::try_from(header.len()).unwrap();
    [b"\x93NUMPY\x01\x00", len.to_le_bytes().as_slice(), header.as_bytes(), data].concat()
}

/// The header must be refused, with data of 24 bytes behind it.
#[track_caller]
fn refuse(header: &str, kind: ErrorKind, message: &str) {
    refuse_bytes(&file_of(header, &[0; 24]), kind, message);
}

#[track_caller]
fn refuse_bytes(bytes: &[u8], kind: ErrorKind, message: &str) {
    let error = NdArray::from_npy(bytes).map(|x| x.try_type()).unwrap_err();
    assert!(error.kind() == kind && error.message().contains(message), "{error}");
    assert!(error.message().starts_with("from_npy: "), "{error}");
    assert!(error.message().len() < 400, "{error}");
}

#[test]
fn each_dtype_is_read_and_written_as_numpy_has_it() {
    check(
        b"\x93NUMPY\x01\x00v\x00{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }                       \
          \x20                                    \n\x01\x00",
        NdArray::from([true, false]),
    );
    check(
        b"\x93NUMPY\x01\x00v\x00{'descr': '|i1', 'fortran_order': False, 'shape': (2,), }                       \
          \x20                                    \n\xff\x7f",
        NdArray::from([-1i8, 127]),
    );
    check(
        b"\x93NUMPY\x01\x00v\x00{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }                       \
          \x20                                    \n\xfe\xff,\x01",
        NdArray::from([-2i16, 300]),
    );
    check(
        b"\x93NUMPY\x01\x00v\x00{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }                       \
          \x20                                    \n\xfd\xff\xff\xffp\x11\x01\x00",
        NdArray::from([-3i32, 70000]),
    );
    check(
        b"\x93NUMPY\x01\x00v\x00{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }                       \
          \x20                                    \n\xfc\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00\x00\x01\x00\
          \x00",
        NdArray::from([-4i64, 1 << 40]),
    );
    check(
        b"\x93NUMPY\x01\x00v\x00{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }                       \
          \x20                                    \n\xff\x01",
        NdArray::from([255u8, 1]),
    );
    check(
        b"\x93NUMPY\x01\x00v\x00{'descr': '<u2', 'fortran_order': False, 'shape': (2,), }                       \
          \x20                                    \n\xff\xff\x02\x00",
        NdArray::from([65535u16, 2]),
    );
    check(
        b"\x93NUMPY\x01\x00v\x00{'descr': '<u4', 'fortran_order': False, 'shape': (2,), }                       \
          \x20                                    \n\xff\xff\xff\xff\x03\x00\x00\x00",
        NdArray::from([u32::MAX, 3]),
    );
    check(
        b"\x93NUMPY\x01\x00v\x00{'descr': '<u8', 'fortran_order': False, 'shape': (2,), }                       \
          \x20                                    \n\xff\xff\xff\xff\xff\xff\xff\xff\x04\x00\x00\x00\x00\x00\x00\
          \x00",
        NdArray::from([u64::MAX, 4]),
    );
    check(
        b"\x93NUMPY\x01\x00v\x00{'descr': '<f2', 'fortran_order': False, 'shape': (2,), }                       \
          \x20                                    \n\x00>\x00\xfc",
        NdArray::from([f16::from_f32(1.5), f16::NEG_INFINITY]),
    );
    check(
        b"\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }                       \
          \x20                                    \n\x00\x00\xc0?\x00\x00\x80\xbe",
        NdArray::from([1.5f32, -0.25]),
    );
    check(
        b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }                       \
          \x20                                    \n\x9a\x99\x99\x99\x99\x99\xb9?\x9cu\x00\x88<\xe47\xfe",
        NdArray::from([0.1f64, -1e300]),
    );
    check(
        b"\x93NUMPY\x01\x00v\x00{'descr': '<c8', 'fortran_order': False, 'shape': (2,), }                       \
          \x20                                    \n\x00\x00\xc0?\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x00?",
        NdArray::from([Complex::new(1.5f32, -2.0), Complex::new(0.0, 0.5)]),
    );
    check(
        b"\x93NUMPY\x01\x00v\x00{'descr': '<c16', 'fortran_order': False, 'shape': (1,), }                      \
          \x20                                    \n\x9a\x99\x99\x99\x99\x99\xb9?\x00\x00\x00\x00\x00\x00\x00\
          \xc0",
        NdArray::from([Complex::new(0.1f64, -2.0)]),
    );
}

#[test]
fn arrays_without_axes_and_without_elements() {
    check(
        b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (), }                         \
          \x20                                    \n\x00\x00\x00\x00\x00\x00\x04@",
        NdArray::from(2.5),
    );
    check(
        b"\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 0, 3), }                  \
          \x20                                    \n",
        NdArray::from_bytes([], DType::F32, [2, 0, 3]).unwrap(),
    );
}

#[test]
fn fortran_order_becomes_row_major() {
    let matrix = NdArray::from([[0i16, 1, 2], [3, 4, 5]]);
    check_read(
        b"\x93NUMPY\x01\x00v\x00{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3), }                      \
          \x20                                    \n\x00\x00\x03\x00\x01\x00\x04\x00\x02\x00\x05\x00",
        &matrix,
    );
    check_read(
        b"\x93NUMPY\x01\x00v\x00{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }                      \
          \x20                                    \n\x00\x00\x00\x03\x00\x01\x00\x04\x00\x02\x00\x05",
        &matrix,
    );
    check_read(
        b"\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2, 2), }                   \
          \x20                                    \n\x00\x00\x00\x00\x00\x00\x80@\x00\x00\x00@\x00\x00\xc0@\x00\
          \x00\x80?\x00\x00\xa0@\x00\x00@@\x00\x00\xe0@",
        &NdArray::from([[[0f32, 1.0], [2.0, 3.0]], [[4.0, 5.0], [6.0, 7.0]]]),
    );
    for dtype in DType::ALL.into_iter().filter(|&dtype| dtype != DType::BF16 && dtype != DType::Bool) {
        // Element `[i, j]` of a 2 by 3 matrix is the number `3 * i + j`, in each byte.
        let bytes = |order: [u8; 6]| order.into_iter().flat_map(|n| vec![n; dtype.size()]).collect::<Vec<u8>>();
        let header = String::from_utf8_lossy(&header::write(&Type::new(dtype, [2, 3])).unwrap()[10..])
            .replace("'fortran_order': False", "'fortran_order': True");
        let expected = NdArray::from_bytes(bytes([0, 1, 2, 3, 4, 5]), dtype, [2, 3]).unwrap();
        check_read(&file_of(&header, &bytes([0, 3, 1, 4, 2, 5])), &expected);
    }
}

#[test]
fn fortran_order_beyond_one_block() {
    let shape = [70usize, 3, 130];
    let numbers: Vec<u32> = (0..shape.iter().product::<usize>() as u32).collect();
    let stored = (0..130).flat_map(|k| (0..3).flat_map(move |j| (0..70u32).map(move |i| (i * 3 + j) * 130 + k)));
    let data: Vec<u8> = stored.flat_map(u32::to_be_bytes).collect();
    let header = "{'descr': '>u4', 'fortran_order': True, 'shape': (70, 3, 130), }";
    check_read(&file_of(header, &data), &NdArray::from(numbers).reshape(shape));
}

#[test]
fn big_endian_numbers_are_read() {
    check_read(
        b"\x93NUMPY\x01\x00v\x00{'descr': '>i2', 'fortran_order': False, 'shape': (2,), }                       \
          \x20                                    \n\x00\x01\xff\xfe",
        &NdArray::from([1i16, -2]),
    );
    check_read(
        b"\x93NUMPY\x01\x00v\x00{'descr': '>u4', 'fortran_order': False, 'shape': (2,), }                       \
          \x20                                    \n\x00\x00\x00\x01\x80\x00\x00\x00",
        &NdArray::from([1u32, 1 << 31]),
    );
    check_read(
        b"\x93NUMPY\x01\x00v\x00{'descr': '>f8', 'fortran_order': False, 'shape': (1,), }                       \
          \x20                                    \n?\xb9\x99\x99\x99\x99\x99\x9a",
        &NdArray::from([0.1f64]),
    );
    check_read(
        b"\x93NUMPY\x01\x00v\x00{'descr': '>c8', 'fortran_order': False, 'shape': (1,), }                       \
          \x20                                    \n?\xc0\x00\x00\xc0\x00\x00\x00",
        &NdArray::from([Complex::new(1.5f32, -2.0)]),
    );
    check_read(
        b"\x93NUMPY\x01\x00v\x00{'descr': '>c16', 'fortran_order': False, 'shape': (1,), }                      \
          \x20                                    \n?\xf8\x00\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\
          \x00",
        &NdArray::from([Complex::new(1.5f64, -2.0)]),
    );
}

#[test]
fn later_versions_are_read() {
    let seven = NdArray::from([7u8]);
    check_read(
        b"\x93NUMPY\x02\x00t\x00\x00\x00{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }               \
          \x20                                          \n\x07",
        &seven,
    );
    check_read(
        b"\x93NUMPY\x03\x00t\x00\x00\x00{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }               \
          \x20                                          \n\x07",
        &seven,
    );
    refuse_bytes(b"\x93NUMPY\x04\x00v\x00", ErrorKind::Value, "version (1, 0), (2, 0), and (3, 0), not (4, 0)");
}

#[test]
fn headers_of_other_writers_are_read() {
    let header = |text: &str| header::parse(text.as_bytes()).unwrap();
    let plain = Header { ty: Type::new(DType::F64, [3, 1]), is_fortran: false, is_swapped: false };
    let native = if cfg!(target_endian = "little") { "<" } else { ">" };
    for order in ["", "=", "|", native] {
        assert_eq!(header(&format!("{{'descr': '{order}f8', 'fortran_order': False, 'shape': (3, 1)}}")), plain);
    }
    assert_eq!(header("{\"shape\":(3,1,),\"fortran_order\":False,\"descr\":\"=f8\"}"), plain);
    assert_eq!(header(" {'shape': (3L, 1L), 'fortran_order': False,\n 'descr': 'f8',\t}  \n"), plain);
    let shape = |text: &str| header(&format!("{{'descr': '|b1', 'fortran_order': True, 'shape': {text}}}")).ty.shape;
    assert_eq!(shape("()"), Shape::scalar());
    assert_eq!(shape("( 7 , )"), [7]);
    assert_eq!(shape("(4294967296, 0, 4)"), [4294967296, 0, 4]);
}

#[test]
fn malformed_headers_are_refused() {
    for (text, message) in [
        ("", "expected a dictionary, got the end"),
        ("{", "expected a string, got the end"),
        ("[1, 2]", "expected a dictionary, got '[1, 2]'"),
        ("{'descr'}", "expected a colon, got '}'"),
        ("{descr: '<f8'}", "expected a string"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), ", "expected a string, got the end"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }x", "nothing after the dictionary, got 'x'"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }\0", "nothing after the dictionary"),
        ("{'descr': '<f8' 'fortran_order': False}", "expected a comma or the end of the dictionary"),
        ("{'descr': '<f8", "expected a string"),
        ("{'descr': '<f\\x38'}", "expected a string"),
        ("{}", "got no 'descr'"),
        ("{'descr': '<f8', 'fortran_order': False}", "got no 'shape'"),
        ("{'descr': '<f8', 'shape': (3,)}", "got no 'fortran_order'"),
        ("{'descr': '<f8', 'x': 1}", "got an unknown one, 'x'"),
        ("{'descr': '<f8', 'descr': '<f8'}", "got 'descr' twice"),
        ("{'fortran_order': 0}", "fortran_order is not a valid bool: '0}'"),
        ("{'descr': '<f3'}", "descr is not a valid dtype descriptor: '<f3'"),
        ("{'descr': '<<f8'}", "descr is not a valid dtype descriptor"),
        ("{'descr': ''}", "descr is not a valid dtype descriptor: ''"),
        ("{'descr': None}", "expected a string, got 'None}'"),
    ] {
        refuse(text, ErrorKind::Value, message);
    }
}

#[test]
fn impossible_shapes_are_refused() {
    let refuse_shape = |shape: &str, message: &str| {
        let text = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}");
        refuse(&text, ErrorKind::Value, message);
    };
    for shape in
        ["3", "[3]", "(3)", "(3 4)", "(,)", "(3,,)", "(3.0,)", "(0x3,)", "(03,)", "(True,)", "(-,)", "(", "(3,"]
    {
        refuse_shape(shape, "shape is not valid: expected a tuple of integers");
    }
    refuse_shape("(-1,)", "negative dimensions are not allowed");
    refuse_shape("(4, -9223372036854775808)", "negative dimensions are not allowed");
    refuse_shape("(4294967296, 4294967296)", "array is too big");
    refuse_shape("(9223372036854775807,)", "array is too big");
    refuse_shape("(0, 4294967296, 4294967296)", "array is too big");
    refuse_shape(&format!("({},)", "9".repeat(5000)), "array is too big");
    refuse_shape(
        &format!("({})", "1,".repeat(65)),
        "maximum supported dimension for an ndarray is currently 64, found 65",
    );
    refuse_shape("(4,)", "Expected (4,) = 4 elements, could only read 3 elements");
    refuse_shape("(1000000000000,)", "could only read 3 elements");
    let most = format!("{{'descr': '<f8', 'fortran_order': True, 'shape': ({}), }}", "1,".repeat(64));
    assert_eq!(NdArray::from_npy(&file_of(&most, &[0; 8])).unwrap().ndim(), 64);
}

#[test]
fn dtypes_that_the_library_lacks_are_named() {
    for (descr, message) in [
        ("'<U5'", "got dtype '<U5', which is str"),
        ("'|S5'", "got dtype '|S5', which is bytes"),
        ("'|O'", "got dtype '|O', which is object; its elements are pickled Python objects"),
        ("'<M8[ns]'", "got dtype '<M8[ns]', which is datetime64"),
        ("'<m8'", "got dtype '<m8', which is timedelta64"),
        ("'<f16'", "got dtype '<f16', which is longdouble"),
        ("'<c32'", "got dtype '<c32', which is clongdouble"),
        ("'|V7'", "got dtype '|V7', which is void"),
        ("'<V2'", "NumPy saves bfloat16 so: convert it to float32 before saving"),
        ("[('a', '<f4'), ('b', '<i8', (2,))]", "which is structured"),
        ("('<f8', (2,))", "which is an array"),
    ] {
        let text = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (3,), }}");
        refuse(&text, ErrorKind::Type, message);
    }
    let error = NdArray::from([1.0]).astype(DType::BF16).to_npy().unwrap_err();
    let text = "TypeError: to_npy: the .npy format has no name for bfloat16; convert first, as with astype(float32)";
    assert_eq!(error.to_string(), text);
}

/// Nesting must cost no more than its length, in time and on the stack.
#[test]
fn nested_headers_are_refused_at_once() {
    for open in ["[", "(", "{", "{'descr': [", "{'descr': (", "{'shape': ("] {
        let text = open.repeat(header::MAX_BYTES / open.len());
        assert!(NdArray::from_npy(&file_of(&text, &[])).is_err());
    }
}

#[test]
fn what_is_no_file_of_the_format_is_refused() {
    refuse_bytes(b"", ErrorKind::Value, "No data left in file");
    refuse_bytes(b"hello", ErrorKind::Value, "the magic string is not correct; expected '\\x93NUMPY', got 'hello'");
    refuse_bytes(b"PK\x03\x04 and so on", ErrorKind::Value, "an archive of arrays (.npz)");
    refuse_bytes(b"\x80\x04\x95 and so on", ErrorKind::Value, "pickled Python objects are not loaded");
    refuse_bytes(b"\x93NUMPY", ErrorKind::Value, "EOF: reading magic string, expected 8 bytes got 6");
    refuse_bytes(b"\x93NUMPY\x01\x00v", ErrorKind::Value, "EOF: reading array header length, expected 2 bytes got 1");
    refuse_bytes(
        b"\x93NUMPY\x01\x00\x10\x27{",
        ErrorKind::Value,
        "EOF: reading array header, expected 10000 bytes got 1",
    );
    refuse_bytes(b"\x93NUMPY\x01\x00\x11\x27{", ErrorKind::Value, "Header info length (10001) is large");
    refuse_bytes(b"\x93NUMPY\x02\x00\xff\xff\xff\xff{", ErrorKind::Value, "Header info length (4294967295) is large");
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let bytes = NdArray::from([[1.0, 2.0], [3.0, 4.0]]).to_npy().unwrap();
    for len in 0..bytes.len() {
        assert_eq!(NdArray::from_npy(&bytes[..len]).unwrap_err().kind(), ErrorKind::Value, "{len} bytes");
    }
}

#[test]
fn any_byte_may_be_wrong() {
    let bytes = NdArray::from([[1i16, 2], [3, 4]]).to_npy().unwrap();
    let mut n_read = 0;
    for position in 0..bytes.len() {
        for wrong in 0..=u8::MAX {
            let mut bytes = bytes.clone();
            bytes[position] = wrong;
            if let Ok(x) = NdArray::from_npy(&bytes) {
                assert_eq!(x.to_bytes().unwrap().len(), x.nbytes());
                n_read += 1;
            }
        }
    }
    // Wrong data, other spaces, and a few other dtypes and shapes.
    assert!(n_read > 8 * 256, "{n_read}");
}

#[test]
fn bytes_after_the_array_are_not_looked_at() {
    let mut bytes = NdArray::from([1.0, 2.0]).to_npy().unwrap();
    bytes.extend(b"\x93NUMPY");
    check_read(&bytes, &NdArray::from([1.0, 2.0]));
}

#[test]
fn any_byte_but_zero_is_true() {
    let bytes = file_of("{'descr': '|b1', 'fortran_order': False, 'shape': (4,), }", &[0, 1, 2, 255]);
    check_read(&bytes, &NdArray::from([false, true, true, true]));
}

/// The error of a file must name it.
#[track_caller]
fn assert_names(error: &Error, kind: ErrorKind, path: &Path) {
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.message().contains(&path.display().to_string()), "{error}");
}

fn names_in(folder: &Path) -> Vec<OsString> {
    let mut names: Vec<OsString> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.npy");
    assert_names(&load(&path).unwrap_err(), ErrorKind::Io, &path);
    assert_names(&load(folder.path()).unwrap_err(), ErrorKind::Io, folder.path());
    for (bytes, kind) in [
        (vec![], ErrorKind::Value),
        (b"x,y\n1,2\n".to_vec(), ErrorKind::Value),
        (file_of("{'descr': '|O', 'fortran_order': False, 'shape': (), }", b"\x80\x04N."), ErrorKind::Type),
        (file_of("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", &[0; 7]), ErrorKind::Value),
    ] {
        fs::write(&path, bytes).unwrap();
        assert_names(&load(&path).unwrap_err(), kind, &path);
    }
    let error = load(folder.path().join("absent")).unwrap_err();
    assert!(std::error::Error::source(&error).is_some_and(|source| source.is::<io::Error>()));
}

#[test]
fn the_suffix_is_appended_where_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a", "b.npy", "c.NPY", "d.txt"] {
        save(folder.path().join(name), NdArray::from(1)).unwrap();
    }
    assert_eq!(names_in(folder.path()), ["a.npy", "b.npy", "c.NPY.npy", "d.txt.npy"]);
}

#[test]
fn what_cannot_be_saved_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.npy");
    save(&path, NdArray::from([1, 2])).unwrap();
    let wrong = crate::zeros(3) + crate::zeros(4);
    let error = save(&path, &wrong).unwrap_err();
    assert_eq!(error.to_string(), wrong.check().unwrap_err().to_string());
    let error = save(&path, NdArray::from(half::bf16::ONE)).unwrap_err();
    assert_names(&error, ErrorKind::Type, &path);
    assert_eq!(load(&path).unwrap().tolist().unwrap(), [1, 2]);

    let inside = folder.path().join("folder.npy");
    fs::create_dir(&inside).unwrap();
    assert_names(&save(&inside, NdArray::from(1)).unwrap_err(), ErrorKind::Io, &inside);
    let nowhere = folder.path().join("absent").join("x.npy");
    assert_names(&save(&nowhere, NdArray::from(1)).unwrap_err(), ErrorKind::Io, &nowhere);
    assert_eq!(names_in(folder.path()), ["folder.npy", "x.npy"]);
}

#[test]
fn an_array_may_replace_the_file_it_was_read_from() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.npy");
    save(&path, NdArray::from([[1, 2, 3]])).unwrap();
    let x = load(&path).unwrap();
    save(&path, NdArray::from(5u8)).unwrap();
    save(&path, &x).unwrap();
    assert_eq!(load(&path).unwrap().tolist().unwrap(), [[1, 2, 3]]);
}

#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let [path, link, other] = ["x.npy", "link.npy", "other"].map(|name| folder.path().join(name));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    save(&path, NdArray::from(1)).unwrap();
    fs::write(&other, "").unwrap();
    assert_eq!(mode(&path), mode(&other));

    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("x.npy", &link).unwrap();
    save(&link, NdArray::from(2)).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(load(&path).unwrap().tolist().unwrap(), 2);
    assert_eq!(mode(&path), 0o640);
}

#[cfg(unix)]
#[test]
fn devices_are_neither_read_nor_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("null.npy");
    std::os::unix::fs::symlink("/dev/null", &link).unwrap();
    assert_names(&load(&link).unwrap_err(), ErrorKind::Io, &link);
    assert_names(&save(&link, NdArray::from(1)).unwrap_err(), ErrorKind::Io, &link);
}
