//! The declarations against the header that they repeat, in its version 0.94:
//! <https://github.com/openxla/xla/blob/0882740a8496c82a8dc8a25fadba88ca342fb0aa/xla/pjrt/c/pjrt_c_api.h>
//!
//! Names of fields are those of the declarations; places, sizes and order are those of the header, as C lays it
//! out for x86-64.

use std::mem::offset_of;

use super::*;

/// How a struct lies in memory.
pub(super) struct Layout {
    pub(super) name: &'static str,
    pub(super) size: usize,
    /// Name, place and size of each field.
    pub(super) fields: &'static [(&'static str, usize, usize)],
}

/// The functions of `PJRT_Api` in their order, up to the last that is called.
const TABLE: &str = "
    Error_Destroy Error_Message Error_GetCode Plugin_Initialize Plugin_Attributes Event_Destroy Event_IsReady
    Event_Error Event_Await Event_OnReady Client_Create Client_Destroy Client_PlatformName Client_ProcessIndex
    Client_PlatformVersion Client_Devices Client_AddressableDevices Client_LookupDevice
    Client_LookupAddressableDevice Client_AddressableMemories Client_Compile Client_DefaultDeviceAssignment
    Client_BufferFromHostBuffer DeviceDescription_Id DeviceDescription_ProcessIndex DeviceDescription_Attributes
    DeviceDescription_Kind DeviceDescription_DebugString DeviceDescription_ToString Device_GetDescription
    Device_IsAddressable Device_LocalHardwareId Device_AddressableMemories Device_DefaultMemory Device_MemoryStats
    Memory_Id Memory_Kind Memory_DebugString Memory_ToString Memory_AddressableByDevices Executable_Destroy
    Executable_Name Executable_NumReplicas Executable_NumPartitions Executable_NumOutputs
    Executable_SizeOfGeneratedCodeInBytes Executable_GetCostAnalysis Executable_OutputMemoryKinds
    Executable_OptimizedProgram Executable_Serialize LoadedExecutable_Destroy LoadedExecutable_GetExecutable
    LoadedExecutable_AddressableDevices LoadedExecutable_Delete LoadedExecutable_IsDeleted LoadedExecutable_Execute
    Executable_DeserializeAndLoad LoadedExecutable_Fingerprint Buffer_Destroy Buffer_ElementType Buffer_Dimensions
    Buffer_UnpaddedDimensions Buffer_DynamicDimensionIndices Buffer_GetMemoryLayout Buffer_OnDeviceSizeInBytes
    Buffer_Device Buffer_Memory Buffer_Delete Buffer_IsDeleted Buffer_CopyToDevice Buffer_ToHostBuffer
    Buffer_IsOnCpu Buffer_ReadyEvent Buffer_UnsafePointer Buffer_IncreaseExternalReferenceCount
    Buffer_DecreaseExternalReferenceCount Buffer_OpaqueDeviceMemoryDataPointer CopyToDeviceStream_Destroy
    CopyToDeviceStream_AddChunk CopyToDeviceStream_TotalBytes CopyToDeviceStream_GranuleSize
    CopyToDeviceStream_CurrentBytes TopologyDescription_Create TopologyDescription_Destroy
    TopologyDescription_PlatformName TopologyDescription_PlatformVersion TopologyDescription_GetDeviceDescriptions
    TopologyDescription_Serialize TopologyDescription_Attributes Compile Executable_OutputElementTypes
    Executable_OutputDimensions Buffer_CopyToMemory Client_CreateViewOfDeviceBuffer Executable_Fingerprint
    Client_TopologyDescription Executable_GetCompiledMemoryStats Memory_Kind_Id ExecuteContext_Create
    ExecuteContext_Destroy Buffer_CopyRawToHost AsyncHostToDeviceTransferManager_Destroy
    AsyncHostToDeviceTransferManager_TransferData Client_CreateBuffersForAsyncHostToDevice
    AsyncHostToDeviceTransferManager_RetrieveBuffer AsyncHostToDeviceTransferManager_Device
    AsyncHostToDeviceTransferManager_BufferCount AsyncHostToDeviceTransferManager_BufferSize
    AsyncHostToDeviceTransferManager_SetBufferError AsyncHostToDeviceTransferManager_AddMetadata Client_DmaMap
    Client_DmaUnmap Client_CreateUninitializedBuffer
";

/// Name and size of each struct, and the fields after the first two: `name place+size`.
const LAYOUTS: &str = "
    Error_Destroy 24: error 16+8
    Error_Message 40: error 16+8, message 24+8, message_size 32+8
    Error_GetCode 32: error 16+8, code 24+4
    Plugin_Initialize 16:
    Event_Destroy 24: event 16+8
    Event_Await 24: event 16+8
    Event_OnReady 40: event 16+8, callback 24+8, user_arg 32+8
    Client_Create 88: create_options 16+8, num_options 24+8, kv_get_callback 32+8, kv_get_user_arg 40+8,
        kv_put_callback 48+8, kv_put_user_arg 56+8, client 64+8, kv_try_get_callback 72+8, kv_try_get_user_arg 80+8
    Client_Destroy 24: client 16+8
    Client_PlatformName 40: client 16+8, name 24+8, name_size 32+8
    Client_PlatformVersion 40: client 16+8, version 24+8, version_size 32+8
    Client_AddressableDevices 40: client 16+8, devices 24+8, num_devices 32+8
    Client_Compile 56: client 16+8, program 24+8, compile_options 32+8, compile_options_size 40+8, executable 48+8
    Client_BufferFromHostBuffer 120: client 16+8, data 24+8, element_type 32+4, dims 40+8, num_dims 48+8,
        byte_strides 56+8, num_byte_strides 64+8, host_buffer_semantics 72+4, device 80+8, memory 88+8,
        device_layout 96+8, done_with_host_buffer 104+8, buffer 112+8
    DeviceDescription_Id 32: description 16+8, id 24+4
    DeviceDescription_Kind 40: description 16+8, kind 24+8, kind_size 32+8
    Device_GetDescription 32: device 16+8, description 24+8
    Executable_Destroy 24: executable 16+8
    Executable_NumOutputs 32: executable 16+8, num_outputs 24+8
    Executable_OptimizedProgram 32: executable 16+8, program 24+8
    Executable_Serialize 56: executable 16+8, bytes 24+8, bytes_size 32+8, serialized 40+8, deleter 48+8
    LoadedExecutable_Destroy 24: executable 16+8
    LoadedExecutable_GetExecutable 32: loaded 16+8, executable 24+8
    LoadedExecutable_Execute 80: executable 16+8, options 24+8, argument_lists 32+8, num_devices 40+8,
        num_args 48+8, output_lists 56+8, device_complete_events 64+8, execute_device 72+8
    Executable_DeserializeAndLoad 64: client 16+8, bytes 24+8, bytes_size 32+8, executable 40+8,
        compile_options 48+8, compile_options_size 56+8
    Buffer_Destroy 24: buffer 16+8
    Buffer_GetMemoryLayout 104: buffer 16+8, layout 24+80
    Buffer_OnDeviceSizeInBytes 32: buffer 16+8, size 24+8
    Buffer_Delete 24: buffer 16+8
    Buffer_IsDeleted 32: buffer 16+8, is_deleted 24+1
    Buffer_ToHostBuffer 56: buffer 16+8, host_layout 24+8, dst 32+8, dst_size 40+8, event 48+8
    Buffer_ReadyEvent 32: buffer 16+8, event 24+8
    Buffer_UnsafePointer 32: buffer 16+8, pointer 24+8
    Executable_OutputElementTypes 40: executable 16+8, types 24+8, num_types 32+8
    Executable_OutputDimensions 48: executable 16+8, num_outputs 24+8, dims 32+8, dim_sizes 40+8
    Executable_GetCompiledMemoryStats 120: executable 16+8, generated_code_size 24+8, argument_size 32+8,
        output_size 40+8, alias_size 48+8, temp_size 56+8, host_generated_code_size 64+8, host_argument_size 72+8,
        host_output_size 80+8, host_alias_size 88+8, host_temp_size 96+8, peak_memory_size 104+8, total_size 112+8
    Client_CreateUninitializedBuffer 80: client 16+8, dims 24+8, num_dims 32+8, element_type 40+4, layout 48+8,
        device 56+8, memory 64+8, buffer 72+8
    ApiVersion 24: major 16+4, minor 20+4
    NamedValue 56: name 16+8, name_size 24+8, value_type 32+4, value 40+8, value_size 48+8
    Program 48: code 16+8, code_size 24+8, format 32+8, format_size 40+8
    ExecuteOptions 112: send_callbacks 16+8, recv_callbacks 24+8, num_send_ops 32+8, num_recv_ops 40+8,
        launch_id 48+4, non_donatable_input_indices 56+8, num_non_donatable_input_indices 64+8, context 72+8,
        call_location 80+8, num_tasks 88+8, task_ids 96+8, incarnation_ids 104+8
    MemoryLayout 80: tiled 16+56, kind 72+4
    TiledLayout 56: minor_to_major 16+8, minor_to_major_size 24+8, tile_dims 32+8, tile_dim_sizes 40+8,
        num_tiles 48+8
";

#[test]
fn functions_have_the_places_of_the_header() {
    let table: Vec<&str> = TABLE.split_whitespace().collect();
    for &(name, place) in PLACES {
        assert_eq!(table.get(place), Some(&name));
    }
}

#[test]
fn structs_have_the_layout_of_the_header() {
    let mut found = String::new();
    for Layout { name, size, fields } in ARGUMENTS.iter().chain(INNER) {
        assert_eq!(fields[..2], [("struct_size", 0, 8), ("extension_start", 8, 8)], "{name}");
        let fields: Vec<String> = fields[2..].iter().map(|(name, at, size)| format!(" {name} {at}+{size}")).collect();
        found += &format!("{name} {size}:{}\n", fields.join(","));
    }
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words(&found), words(LAYOUTS), "{found}");
}

#[test]
fn the_table_begins_as_in_the_header() {
    assert_eq!([offset_of!(ApiPrefix, struct_size), offset_of!(ApiPrefix, extension_start)], [0, 8]);
    assert_eq!([offset_of!(ApiPrefix, version), size_of::<ApiPrefix>()], [16, 40]);
}
