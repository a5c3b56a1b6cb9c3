//! Declarations of the part of two C APIs that custom calls need: the extension of PJRT through which functions are
//! registered, and XLA's own, by which it calls them.
//!
//! Each struct repeats one of [`pjrt_c_api_ffi_extension.h`] or [`xla/ffi/api/c_api.h`] field by field. Knows nothing of what
//! is called.
//!
//! [`pjrt_c_api_ffi_extension.h`]: https://github.com/openxla/xla/blob/main/xla/pjrt/c/pjrt_c_api_ffi_extension.h
//! [`xla/ffi/api/c_api.h`]: https://github.com/openxla/xla/blob/main/xla/ffi/api/c_api.h

use std::ffi::{c_char, c_int, c_void};

use crate::ffi::raw::Error;

/// `PJRT_Extension_Base` and `XLA_FFI_Extension_Base`, which are alike.
#[repr(C)]
pub(super) struct ExtensionHead {
    pub(super) struct_size: usize,
    pub(super) kind: c_int,
    pub(super) next: *mut ExtensionHead,
}

/// `PJRT_Extension_Type_FFI`.
pub(super) const EXTENSION_FFI: c_int = 5;

/// `PJRT_FFI_Extension`.
#[repr(C)]
pub(super) struct FfiExtension {
    pub(super) head: ExtensionHead,
    pub(super) type_register: *const c_void,
    pub(super) user_data_add: *const c_void,
    pub(super) register_handler: Option<RegisterHandler>,
}

/// `PJRT_FFI_Register_Handler`.
pub(super) type RegisterHandler = unsafe extern "C-unwind" fn(*mut RegisterHandlerArguments) -> *mut Error;

/// `PJRT_FFI_Register_Handler_Args`.
#[repr(C)]
pub(super) struct RegisterHandlerArguments {
    pub(super) struct_size: usize,
    pub(super) target_name: *const c_char,
    pub(super) target_name_size: usize,
    pub(super) handler: Handler,
    pub(super) platform_name: *const c_char,
    pub(super) platform_name_size: usize,
    pub(super) traits: c_int,
}

/// `XLA_FFI_Handler`.
pub(super) type Handler = unsafe extern "C" fn(*mut CallFrame) -> *mut CallError;

/// `XLA_FFI_Error`, which the plugin owns.
#[repr(C)]
pub(super) struct CallError {
    opaque: [u8; 0],
}

/// `XLA_FFI_CallFrame`, up to the last field that is read.
#[repr(C)]
pub(super) struct CallFrame {
    pub(super) struct_size: usize,
    pub(super) extension_start: *mut ExtensionHead,
    pub(super) api: *const CallApi,
    pub(super) context: *mut c_void,
    pub(super) stage: c_int,
    pub(super) operands: BufferList,
    pub(super) results: BufferList,
}

/// `XLA_FFI_ExecutionStage_EXECUTE`.
pub(super) const STAGE_EXECUTE: c_int = 3;

/// `XLA_FFI_Args` and `XLA_FFI_Rets`.
#[repr(C)]
pub(super) struct BufferList {
    pub(super) struct_size: usize,
    pub(super) extension_start: *mut ExtensionHead,
    pub(super) size: i64,
    pub(super) types: *const c_int,
    pub(super) buffers: *const *const CallBuffer,
}

/// `XLA_FFI_ArgType_BUFFER` and `XLA_FFI_RetType_BUFFER`.
pub(super) const TYPE_BUFFER: c_int = 1;

/// `XLA_FFI_Buffer`. Its data type is numbered as XLA's `PrimitiveType`.
#[repr(C)]
pub(super) struct CallBuffer {
    pub(super) struct_size: usize,
    pub(super) extension_start: *mut ExtensionHead,
    pub(super) data_type: c_int,
    pub(super) data: *mut u8,
    pub(super) rank: i64,
    pub(super) dims: *const i64,
}

/// `XLA_FFI_Extension_Metadata`.
pub(super) const EXTENSION_METADATA: c_int = 1;

/// `XLA_FFI_Metadata_Extension`.
#[repr(C)]
pub(super) struct MetadataExtension {
    pub(super) head: ExtensionHead,
    pub(super) metadata: *mut Metadata,
}

/// `XLA_FFI_Metadata`, up to its version.
#[repr(C)]
pub(super) struct Metadata {
    pub(super) struct_size: usize,
    pub(super) version_size: usize,
    pub(super) version_extension: *mut ExtensionHead,
    pub(super) major: c_int,
    pub(super) minor: c_int,
}

/// `XLA_FFI_API_MAJOR` and `XLA_FFI_API_MINOR` of these declarations.
pub(super) const VERSION: (c_int, c_int) = (0, 1);

/// `XLA_FFI_Api`, up to its first function.
#[repr(C)]
pub(super) struct CallApi {
    pub(super) struct_size: usize,
    pub(super) extension_start: *mut ExtensionHead,
    pub(super) version_size: usize,
    pub(super) version_extension: *mut ExtensionHead,
    pub(super) major: c_int,
    pub(super) minor: c_int,
    pub(super) internal: *const c_void,
    pub(super) error_create: Option<ErrorCreate>,
}

/// `XLA_FFI_Error_Create`.
pub(super) type ErrorCreate = unsafe extern "C" fn(*mut ErrorCreateArguments) -> *mut CallError;

/// `XLA_FFI_Error_Create_Args`.
#[repr(C)]
pub(super) struct ErrorCreateArguments {
    pub(super) struct_size: usize,
    pub(super) extension_start: *mut ExtensionHead,
    pub(super) message: *const c_char,
    pub(super) code: c_int,
}

/// `XLA_FFI_Error_Code_INTERNAL`.
pub(super) const CODE_INTERNAL: c_int = 13;

#[cfg(test)]
mod tests {
    use std::mem::offset_of;

    use super::*;

    /// Sizes and places as C lays the headers' structs out for x86-64.
    #[test]
    fn layouts_are_those_of_the_headers() {
        assert_eq!(offset_of!(ExtensionHead, kind), 8);
        assert_eq!(offset_of!(ExtensionHead, next), 16);
        assert_eq!(offset_of!(FfiExtension, register_handler), 40);
        assert_eq!(offset_of!(RegisterHandlerArguments, target_name_size), 16);
        assert_eq!(offset_of!(RegisterHandlerArguments, handler), 24);
        assert_eq!(offset_of!(RegisterHandlerArguments, platform_name_size), 40);
        assert_eq!(offset_of!(RegisterHandlerArguments, traits), 48);
        assert_eq!(offset_of!(CallFrame, api), 16);
        assert_eq!(offset_of!(CallFrame, stage), 32);
        assert_eq!(offset_of!(CallFrame, operands), 40);
        assert_eq!(offset_of!(CallFrame, results), 80);
        assert_eq!(size_of::<BufferList>(), 40);
        assert_eq!(offset_of!(BufferList, buffers), 32);
        assert_eq!(size_of::<CallBuffer>(), 48);
        assert_eq!(offset_of!(CallBuffer, data), 24);
        assert_eq!(offset_of!(CallBuffer, dims), 40);
        assert_eq!(offset_of!(MetadataExtension, metadata), 24);
        assert_eq!(offset_of!(Metadata, major), 24);
        assert_eq!(offset_of!(Metadata, minor), 28);
        assert_eq!(offset_of!(CallApi, major), 32);
        assert_eq!(offset_of!(CallApi, error_create), 48);
        assert_eq!(size_of::<ErrorCreateArguments>(), 32);
        assert_eq!(offset_of!(ErrorCreateArguments, code), 24);
    }
}
