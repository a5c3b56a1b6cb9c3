//! Declarations of the part of the PJRT C API that is used here: handles, argument structs and their
//! places in the function table.
//!
//! Each struct repeats one of `pjrt_c_api.h` field by field. Functions are only ever appended to the
//! table, so a place stays valid in all later versions. Knows nothing of what the calls mean.

#[cfg(test)]
mod tests;

use std::ffi::{c_char, c_int, c_void};

/// Names an opaque object that the plugin owns.
macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[repr(C)]
        pub(crate) struct $name {
            opaque: [u8; 0],
        }
    )* };
}

handles! {
    /// `PJRT_Error`.
    Error,
    /// `PJRT_Event`.
    Event,
    /// `PJRT_Client`.
    Client,
    /// `PJRT_Device`.
    Device,
    /// `PJRT_DeviceDescription`.
    DeviceDescription,
    /// `PJRT_Memory`.
    Memory,
    /// `PJRT_Buffer`.
    Buffer,
    /// `PJRT_Executable`.
    Executable,
    /// `PJRT_LoadedExecutable`.
    LoadedExecutable,
    /// `PJRT_SerializedExecutable`.
    SerializedExecutable,
    /// `PJRT_ExecuteContext`.
    ExecuteContext,
    /// `PJRT_Extension_Base`.
    Extension,
}

/// The fixed beginning of `PJRT_Api`; the function table follows it.
#[repr(C)]
pub(crate) struct ApiPrefix {
    pub(crate) struct_size: usize,
    pub(crate) extension_start: *mut Extension,
    pub(crate) version: ApiVersion,
}

/// The major version of the API that these declarations follow.
pub(crate) const MAJOR_VERSION: c_int = 0;

/// An argument struct that belongs to exactly one function of the table.
///
/// # Safety
/// `INDEX` must be the place of a function that takes a pointer to `Self` and nothing else.
pub(crate) unsafe trait Arguments {
    /// The function's place in the table.
    const INDEX: usize;
    /// The function's name without the `PJRT_` in front.
    const NAME: &'static str;
}

/// Declares structs that begin as all of the API do. Their `Default` fills in the size and zeroes the rest.
/// The list is of their layouts.
macro_rules! structs {
    ($list:ident: $($(#[$doc:meta])* $name:ident { $($field:ident: $ty:ty),* $(,)? })*) => {
        $(
            $(#[$doc])*
            #[repr(C)]
            pub(crate) struct $name {
                pub(crate) struct_size: usize,
                pub(crate) extension_start: *mut Extension,
                $(pub(crate) $field: $ty,)*
            }

            impl Default for $name {
                fn default() -> $name {
                    $name {
                        struct_size: size_of::<$name>(),
                        extension_start: std::ptr::null_mut(),
                        $($field: Default::default(),)*
                    }
                }
            }
        )*

        #[cfg(test)]
        const $list: &[tests::Layout] = &[$(tests::Layout {
            name: stringify!($name),
            size: size_of::<$name>(),
            fields: &[
                ("struct_size", std::mem::offset_of!($name, struct_size), size_of::<usize>()),
                ("extension_start", std::mem::offset_of!($name, extension_start), size_of::<*mut Extension>()),
                $((stringify!($field), std::mem::offset_of!($name, $field), size_of::<$ty>()),)*
            ],
        },)*];
    };
}

/// Declares argument structs and the places of their functions.
macro_rules! arguments {
    ($($name:ident = $index:literal { $($fields:tt)* })*) => {
        structs! { ARGUMENTS: $(#[doc = concat!("Arguments of `PJRT_", stringify!($name), "`.")] $name { $($fields)* })* }

        $(
            // SAFETY: the place and the fields are those of the function of this name in `pjrt_c_api.h`.
            unsafe impl Arguments for $name {
                const INDEX: usize = $index;
                const NAME: &'static str = stringify!($name);
            }
        )*

        #[cfg(test)]
        const PLACES: &[(&str, usize)] = &[$((<$name as Arguments>::NAME, <$name as Arguments>::INDEX)),*];
    };
}

/// A function that is called when an event is ready; it owns the error it is given.
pub(crate) type OnReady = unsafe extern "C" fn(*mut Error, *mut c_void);

/// A function that frees a serialized executable.
pub(crate) type FreeSerialized = unsafe extern "C" fn(*mut SerializedExecutable);

arguments! {
    Error_Destroy = 0 { error: *mut Error }
    Error_Message = 1 { error: *const Error, message: *const c_char, message_size: usize }
    Error_GetCode = 2 { error: *const Error, code: c_int }
    Plugin_Initialize = 3 {}
    Event_Destroy = 5 { event: *mut Event }
    Event_Await = 8 { event: *mut Event }
    Event_OnReady = 9 { event: *mut Event, callback: Option<OnReady>, user_arg: *mut c_void }
    Client_Create = 10 {
        create_options: *const NamedValue, num_options: usize,
        kv_get_callback: *const c_void, kv_get_user_arg: *mut c_void,
        kv_put_callback: *const c_void, kv_put_user_arg: *mut c_void,
        client: *mut Client,
        kv_try_get_callback: *const c_void, kv_try_get_user_arg: *mut c_void,
    }
    Client_Destroy = 11 { client: *mut Client }
    Client_PlatformName = 12 { client: *mut Client, name: *const c_char, name_size: usize }
    Client_PlatformVersion = 14 { client: *mut Client, version: *const c_char, version_size: usize }
    Client_AddressableDevices = 16 { client: *mut Client, devices: *const *mut Device, num_devices: usize }
    Client_Compile = 20 {
        client: *mut Client, program: *const Program,
        compile_options: *const u8, compile_options_size: usize,
        executable: *mut LoadedExecutable,
    }
    Client_BufferFromHostBuffer = 22 {
        client: *mut Client, data: *const c_void, element_type: c_int,
        dims: *const i64, num_dims: usize, byte_strides: *const i64, num_byte_strides: usize,
        host_buffer_semantics: c_int, device: *mut Device, memory: *mut Memory,
        device_layout: *mut MemoryLayout,
        done_with_host_buffer: *mut Event, buffer: *mut Buffer,
    }
    DeviceDescription_Id = 23 { description: *mut DeviceDescription, id: c_int }
    DeviceDescription_Kind = 26 {
        description: *mut DeviceDescription, kind: *const c_char, kind_size: usize,
    }
    Device_GetDescription = 29 { device: *mut Device, description: *mut DeviceDescription }
    Executable_Destroy = 40 { executable: *mut Executable }
    Executable_NumOutputs = 44 { executable: *mut Executable, num_outputs: usize }
    Executable_OptimizedProgram = 48 { executable: *mut Executable, program: *mut Program }
    Executable_Serialize = 49 {
        executable: *const Executable, bytes: *const u8, bytes_size: usize,
        serialized: *mut SerializedExecutable, deleter: Option<FreeSerialized>,
    }
    LoadedExecutable_Destroy = 50 { executable: *mut LoadedExecutable }
    LoadedExecutable_GetExecutable = 51 {
        loaded: *mut LoadedExecutable, executable: *mut Executable,
    }
    LoadedExecutable_Execute = 55 {
        executable: *mut LoadedExecutable, options: *mut ExecuteOptions,
        argument_lists: *const *const *mut Buffer, num_devices: usize, num_args: usize,
        output_lists: *const *mut *mut Buffer, device_complete_events: *mut *mut Event,
        execute_device: *mut Device,
    }
    Executable_DeserializeAndLoad = 56 {
        client: *mut Client, bytes: *const u8, bytes_size: usize,
        executable: *mut LoadedExecutable,
        compile_options: *const u8, compile_options_size: usize,
    }
    Buffer_Destroy = 58 { buffer: *mut Buffer }
    Buffer_GetMemoryLayout = 63 { buffer: *mut Buffer, layout: MemoryLayout }
    Buffer_OnDeviceSizeInBytes = 64 { buffer: *mut Buffer, size: usize }
    Buffer_Delete = 67 { buffer: *mut Buffer }
    Buffer_IsDeleted = 68 { buffer: *mut Buffer, is_deleted: bool }
    Buffer_ToHostBuffer = 70 {
        buffer: *mut Buffer, host_layout: *mut MemoryLayout,
        dst: *mut c_void, dst_size: usize, event: *mut Event,
    }
    Buffer_ReadyEvent = 72 { buffer: *mut Buffer, event: *mut Event }
    Buffer_UnsafePointer = 73 { buffer: *mut Buffer, pointer: usize }
    Executable_OutputElementTypes = 90 {
        executable: *mut Executable, types: *const c_int, num_types: usize,
    }
    Executable_OutputDimensions = 91 {
        executable: *mut Executable, num_outputs: usize, dims: *const i64, dim_sizes: *const usize,
    }
    Executable_GetCompiledMemoryStats = 96 {
        executable: *mut Executable,
        generated_code_size: i64, argument_size: i64, output_size: i64, alias_size: i64, temp_size: i64,
        host_generated_code_size: i64, host_argument_size: i64, host_output_size: i64, host_alias_size: i64,
        host_temp_size: i64, peak_memory_size: i64, total_size: i64,
    }
    Client_CreateUninitializedBuffer = 112 {
        client: *mut Client, dims: *const i64, num_dims: usize, element_type: c_int,
        layout: *mut MemoryLayout, device: *mut Device, memory: *mut Memory, buffer: *mut Buffer,
    }
}

// Structs that are part of others, or that those point to.
structs! {
    INNER:
    /// `PJRT_Api_Version`.
    ApiVersion { major: c_int, minor: c_int }
    /// `PJRT_NamedValue`. `value` is a union in C: an integer or a bool in its low byte here.
    NamedValue {
        name: *const c_char, name_size: usize, value_type: c_int, value: u64, value_size: usize,
    }
    /// `PJRT_Program`.
    Program { code: *mut u8, code_size: usize, format: *const c_char, format_size: usize }
    /// `PJRT_ExecuteOptions`.
    ExecuteOptions {
        send_callbacks: *mut c_void, recv_callbacks: *mut c_void,
        num_send_ops: usize, num_recv_ops: usize, launch_id: c_int,
        non_donatable_input_indices: *const i64, num_non_donatable_input_indices: usize,
        context: *mut ExecuteContext, call_location: *const c_char,
        num_tasks: usize, task_ids: *mut c_int, incarnation_ids: *mut i64,
    }
    /// `PJRT_Buffer_MemoryLayout`. The union in C is always read through its tiled member, which is
    /// the larger one; `kind` says whether that is what it holds.
    MemoryLayout { tiled: TiledLayout, kind: c_int }
    /// `PJRT_Buffer_MemoryLayout_Tiled`.
    TiledLayout {
        minor_to_major: *const i64, minor_to_major_size: usize,
        tile_dims: *const i64, tile_dim_sizes: *const usize, num_tiles: usize,
    }
}

/// `PJRT_NamedValue_kInt64`.
pub(crate) const VALUE_INT64: c_int = 1;
/// `PJRT_NamedValue_kBool`.
pub(crate) const VALUE_BOOL: c_int = 4;

/// `PJRT_HostBufferSemantics_kImmutableOnlyDuringCall`.
pub(crate) const SEMANTICS_DURING_CALL: c_int = 0;
/// `PJRT_HostBufferSemantics_kImmutableUntilTransferCompletes`.
pub(crate) const SEMANTICS_UNTIL_TRANSFERRED: c_int = 1;
/// `PJRT_HostBufferSemantics_kImmutableZeroCopy`.
pub(crate) const SEMANTICS_ZERO_COPY: c_int = 2;

/// `PJRT_Buffer_MemoryLayout_Type_Tiled`.
pub(crate) const LAYOUT_TILED: c_int = 0;

/// `PJRT_Error_Code_UNIMPLEMENTED` and others, which are absl's status codes.
pub(crate) const CODE_INVALID_ARGUMENT: c_int = 3;
/// `PJRT_Error_Code_RESOURCE_EXHAUSTED`.
pub(crate) const CODE_RESOURCE_EXHAUSTED: c_int = 8;
/// `PJRT_Error_Code_UNIMPLEMENTED`.
pub(crate) const CODE_UNIMPLEMENTED: c_int = 12;
