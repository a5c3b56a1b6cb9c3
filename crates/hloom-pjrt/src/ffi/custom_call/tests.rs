//! Frames as a plugin makes them, and broken ones.

use std::ffi::CStr;
use std::ptr::null_mut;

use super::*;

/// Adds the second operand to the first, in whose memory the result lies, or fails.
struct Add;

impl CustomCall for Add {
    const TARGET: &'static str = "test.add";

    fn call(arguments: &mut CallArguments<'_>) -> Result<(), String> {
        let [None, Some(addend)] = &arguments.operands[..] else { return Err("expected two operands".to_owned()) };
        let [result] = &mut arguments.results[..] else { return Err("expected a result".to_owned()) };
        assert_eq!(result.extents, addend.extents, "extents differ");
        result.bytes.iter_mut().zip(addend.bytes).for_each(|(sum, addend)| *sum += addend);
        Ok(())
    }
}

/// The text of the last error.
static LAST: Mutex<String> = Mutex::new(String::new());

unsafe extern "C" fn create(arguments: *mut raw::ErrorCreateArguments) -> *mut raw::CallError {
    // SAFETY: the handler passes its arguments.
    let message = unsafe { (*arguments).message };
    // SAFETY: it is a text that ends with zero.
    *LAST.lock() = unsafe { CStr::from_ptr(message) }.to_string_lossy().into_owned();
    NonNull::dangling().as_ptr()
}

fn buffer(bytes: &mut [u8], dims: &[i64]) -> raw::CallBuffer {
    raw::CallBuffer {
        struct_size: size_of::<raw::CallBuffer>(),
        extension_start: null_mut(),
        data_type: 6,
        data: bytes.as_mut_ptr(),
        rank: dims.len() as i64,
        dims: dims.as_ptr(),
    }
}

fn list(types: &[c_int], buffers: &[*const raw::CallBuffer]) -> raw::BufferList {
    raw::BufferList {
        struct_size: size_of::<raw::BufferList>(),
        extension_start: null_mut(),
        size: buffers.len() as i64,
        types: types.as_ptr(),
        buffers: buffers.as_ptr(),
    }
}

/// Calls with an operand in the result's memory and one beside it, as changed by `break_it`; the error, if there is one.
fn call(
    sum: &mut [u8],
    addend: &mut [u8],
    break_it: impl FnOnce(&mut raw::CallFrame, &mut [raw::CallBuffer; 2]),
) -> Option<String> {
    let api = raw::CallApi {
        struct_size: size_of::<raw::CallApi>(),
        extension_start: null_mut(),
        version_size: 24,
        version_extension: null_mut(),
        major: 0,
        minor: 1,
        internal: std::ptr::null(),
        error_create: Some(create),
    };
    let dims = [[sum.len() as i64], [addend.len() as i64]];
    let mut buffers = [buffer(sum, &dims[0]), buffer(addend, &dims[1])];
    let pointers = [&raw const buffers[0], &raw const buffers[1]];
    let types = [raw::TYPE_BUFFER; 2];
    let mut frame = raw::CallFrame {
        struct_size: size_of::<raw::CallFrame>(),
        extension_start: null_mut(),
        api: &raw const api,
        context: null_mut(),
        stage: raw::STAGE_EXECUTE,
        operands: list(&types, &pointers),
        results: list(&types[..1], &pointers[..1]),
    };
    break_it(&mut frame, &mut buffers);
    // SAFETY: the frame and its buffers live until the end of this function.
    let error = unsafe { handler::<Add>(&mut frame) };
    (!error.is_null()).then(|| LAST.lock().clone())
}

#[test]
fn a_frame_becomes_slices_and_a_broken_one_an_error() {
    let (mut sum, mut addend) = ([1, 2, 3], [10, 20, 30]);
    assert_eq!(call(&mut sum, &mut addend, |_, _| ()), None);
    assert_eq!(sum, [11, 22, 33]);
    // Other stages come before the values.
    assert_eq!(call(&mut sum, &mut addend, |frame, _| frame.stage = 0), None);
    assert_eq!(sum, [11, 22, 33]);

    let mut failure =
        |break_it: fn(&mut raw::CallFrame, &mut [raw::CallBuffer; 2])| call(&mut sum, &mut addend, break_it).unwrap();
    assert_eq!(failure(|frame, _| frame.operands.size = 1), "test.add: expected two operands");
    assert_eq!(failure(|frame, _| frame.operands.size = -1), "test.add: expected two operands");
    assert!(failure(|frame, _| frame.results.buffers = std::ptr::null()).contains("no arrays"));
    assert!(failure(|_, buffers| buffers[1].data_type = 17).contains("unknown type"));
    assert!(failure(|_, buffers| buffers[1].data = null_mut()).contains("without memory"));
    assert!(failure(|_, buffers| buffers[1].dims = std::ptr::null()).contains("without extents"));
    assert!(failure(|_, buffers| buffers[1].struct_size = 8).contains("no array"));
    // An operand that begins one element into the result.
    assert!(failure(|_, buffers| buffers[1].data = buffers[0].data.wrapping_add(1)).contains("lies partly"));
    assert!(
        failure(|_, buffers| (buffers[1].data, buffers[1].data_type) = (buffers[0].data, 1)).contains("lies partly")
    );
    // A panic stays on this side.
    let mut shorter = [1];
    assert!(call(&mut sum, &mut shorter, |_, _| ()).unwrap().contains("extents differ"));
    assert_eq!(sum, [11, 22, 33]);
}

#[test]
fn the_version_is_told_when_asked_for() {
    let mut metadata =
        raw::Metadata { struct_size: 40, version_size: 24, version_extension: null_mut(), major: -1, minor: -1 };
    let head = raw::ExtensionHead { struct_size: 24, kind: raw::EXTENSION_METADATA, next: null_mut() };
    let mut extension = raw::MetadataExtension { head, metadata: &raw mut metadata };
    let outcome = call(&mut [], &mut [], |frame, _| frame.extension_start = (&raw mut extension).cast());
    assert_eq!((outcome, metadata.major, metadata.minor), (None, 0, 1));
}
