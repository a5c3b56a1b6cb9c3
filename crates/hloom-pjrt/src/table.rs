//! The plugins that can be installed, pinned to a version and to hashes. The one place that names them.

use std::path::PathBuf;

use crate::DeviceKind;

/// A plugin on the Python package index: one library in one wheel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plugin {
    /// The name in `hloom plugin install`.
    pub name: &'static str,
    /// What it runs on.
    pub kind: DeviceKind,
    /// What it is, for people.
    pub about: &'static str,
    /// The package.
    pub package: &'static str,
    /// The package's version.
    pub version: &'static str,
    /// The wheel's platform tag.
    pub tag: &'static str,
    /// The Python version in the wheel's name, for packages that have a wheel for each.
    pub python: &'static str,
    /// The library inside the wheel, which is also its place inside a folder of Python packages.
    pub member: &'static str,
    /// The wheel's size in bytes.
    pub wheel_size: u64,
    /// The wheel's SHA-256.
    pub wheel_sha256: &'static str,
    /// The library's SHA-256.
    pub member_sha256: &'static str,
    /// The licence that the package states.
    pub license: &'static str,
    /// What has to be on the machine besides the library, for people; empty if nothing.
    pub needs: &'static str,
    /// Python packages with libraries that it loads, where the system does not have them. It looks for
    /// them in the folder that it was installed in, as it does among other Python packages.
    pub wheels: &'static [&'static str],
}

/// The wheels with the CUDA 13 libraries, as the package `jax-cuda13-plugin` names them.
const CUDA13_WHEELS: &[&str] = &[
    "nvidia-cublas",
    "nvidia-cuda-cupti",
    "nvidia-cuda-nvcc",
    "nvidia-cuda-nvrtc",
    "nvidia-cuda-runtime",
    "nvidia-cudnn-cu13",
    "nvidia-cufft",
    "nvidia-cusolver",
    "nvidia-cusparse",
    "nvidia-nccl-cu13",
    "nvidia-nvjitlink",
    "nvidia-nvshmem-cu13",
    "nvidia-nvvm",
];

/// The wheels with the CUDA 12 libraries, as the package `jax-cuda12-plugin` names them.
const CUDA12_WHEELS: &[&str] = &[
    "nvidia-cublas-cu12",
    "nvidia-cuda-cupti-cu12",
    "nvidia-cuda-nvcc-cu12",
    "nvidia-cuda-nvrtc-cu12",
    "nvidia-cuda-runtime-cu12",
    "nvidia-cudnn-cu12",
    "nvidia-cufft-cu12",
    "nvidia-cusolver-cu12",
    "nvidia-cusparse-cu12",
    "nvidia-nccl-cu12",
    "nvidia-nvjitlink-cu12",
    "nvidia-nvshmem-cu12",
];

/// Every plugin. Of those for one class of devices, the first that is there is used.
pub const PLUGINS: &[Plugin] = &[
    Plugin {
        name: "cpu",
        kind: DeviceKind::Cpu,
        about: "XLA for x86-64 processors",
        package: "lammps-jax-pjrt-cpu",
        version: "0.11.2",
        tag: "manylinux_2_27_x86_64",
        python: "3.11",
        member: "lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so",
        wheel_size: 62_711_338,
        wheel_sha256: "1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1",
        member_sha256: "ad1309ac822b1b24d51b7f9947c7c9fa9ef5d67f390584cbc3d1fa2428fed9c2",
        license: "Apache-2.0",
        needs: "",
        wheels: &[],
    },
    Plugin {
        name: "cpu-alt",
        kind: DeviceKind::Cpu,
        about: "XLA for x86-64 processors, another build",
        package: "fastatomstruct-xla-cpu",
        version: "2026.6.23",
        tag: "manylinux_2_27_x86_64",
        python: "3.11",
        member: "fastatomstruct_xla_cpu/libpjrt_cpu.so",
        wheel_size: 63_200_622,
        wheel_sha256: "88b1c430b341b4bea40a37420311c9c75db6e22b46d2ff95b6986577bee6afe9",
        member_sha256: "0a0fe56ca17be9efc7b942e89e534e5e0ad4a0f1e369b66d27b62184509015b9",
        license: "Apache-2.0",
        needs: "",
        wheels: &[],
    },
    Plugin {
        name: "cuda13",
        kind: DeviceKind::Gpu,
        about: "XLA for NVIDIA GPUs, CUDA 13",
        package: "jax-cuda13-pjrt",
        version: "0.12.0.1",
        tag: "manylinux_2_27_x86_64",
        python: "3.11",
        member: "jax_plugins/xla_cuda13/xla_cuda_plugin.so",
        wheel_size: 134_922_808,
        wheel_sha256: "5899bb6177eda86ea532afb9a26794f2bdd04966f6a01f9028266b16c2b6cf90",
        member_sha256: "b6de513893c09af2c77e71afcef46d9706f8c259337cdef4cd5cae2353886f75",
        license: "Apache-2.0",
        needs: "an NVIDIA driver for CUDA 13, and its libraries",
        wheels: CUDA13_WHEELS,
    },
    Plugin {
        name: "cuda12",
        kind: DeviceKind::Gpu,
        about: "XLA for NVIDIA GPUs, CUDA 12",
        package: "jax-cuda12-pjrt",
        version: "0.12.0.1",
        tag: "manylinux_2_27_x86_64",
        python: "3.11",
        member: "jax_plugins/xla_cuda12/xla_cuda_plugin.so",
        wheel_size: 191_846_358,
        wheel_sha256: "5ec28e06198d094031c37590b4ea753ae8cde4879ab4b60baf40f0dffb673286",
        member_sha256: "921aaa9c635255fb7b7a660d11c8f702c78a70e7f7d005d4f377c2dc5f0fede2",
        license: "Apache-2.0",
        needs: "an NVIDIA driver for CUDA 12, and its libraries",
        wheels: CUDA12_WHEELS,
    },
    Plugin {
        name: "rocm7",
        kind: DeviceKind::Gpu,
        about: "XLA for AMD GPUs, ROCm 7",
        package: "jax-rocm7-pjrt",
        version: "0.12.0",
        tag: "manylinux_2_27_x86_64",
        python: "3.11",
        member: "jax_plugins/xla_rocm7/xla_rocm_plugin.so",
        wheel_size: 133_415_872,
        wheel_sha256: "4551d0714523355f2946ca1958c3f584e95661e467a641d36b726f718a1c7934",
        member_sha256: "6e7239347f37f1a5a17c2a2d9301411f9f17e30e0707a717f4717556fa402511",
        license: "Apache-2.0",
        needs: "ROCm 7 on the machine",
        wheels: &[],
    },
    Plugin {
        name: "oneapi",
        kind: DeviceKind::Gpu,
        about: "XLA for Intel GPUs",
        package: "jax-oneapi-pjrt",
        version: "0.11.2",
        tag: "manylinux_2_27_x86_64",
        python: "3.11",
        member: "jax_plugins/xla_oneapi/xla_oneapi_plugin.so",
        wheel_size: 135_149_983,
        wheel_sha256: "ae7250c5d4459dcfedf4de1bf683edfef0502861e44b6e9bfaa7d8133b4292c1",
        member_sha256: "7bdaf7a9aa365742ad4185921f233f99eed16b4f2a02cae2cf9d85b9310da151",
        license: "Apache-2.0",
        needs: "Intel's oneAPI run-time libraries on the machine",
        wheels: &[],
    },
    Plugin {
        name: "tpu",
        kind: DeviceKind::Tpu,
        about: "XLA for Google's TPUs",
        package: "libtpu",
        version: "0.0.52",
        tag: "manylinux_2_31_x86_64",
        python: "3.11",
        member: "libtpu/libtpu.so",
        wheel_size: 137_064_406,
        wheel_sha256: "f5e2e596eaea9357fbb5a6755a7a9007c6ab75bfde4a55191b03eff402971140",
        member_sha256: "f86de4d04a058e6b5101f73e0824b95f27e2cec996d2b9191d9cffda75c03077",
        license: "Google Cloud Platform Terms of Service",
        needs: "a Google Cloud TPU machine",
        wheels: &[],
    },
];

impl Plugin {
    /// The plugin of a name.
    pub fn named(name: &str) -> Option<&'static Plugin> {
        PLUGINS.iter().find(|plugin| plugin.name == name)
    }

    /// The plugins for a class of devices, the preferred one first.
    pub fn for_kind(kind: DeviceKind) -> impl Iterator<Item = &'static Plugin> {
        PLUGINS.iter().filter(move |plugin| plugin.kind == kind)
    }

    /// The plugin's folder among installed plugins, relative to theirs.
    pub fn installed_folder(&self) -> PathBuf {
        [self.name, self.version].iter().collect()
    }

    /// The library's place among installed plugins, relative to their folder.
    ///
    /// Inside the plugin's folder it is where the wheel has it, because it looks for other libraries
    /// relative to itself.
    pub fn installed_path(&self) -> PathBuf {
        self.installed_folder().join(self.member)
    }
}

/// The environment variable that names a plugin's file for a class of devices.
pub const fn plugin_variable(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Cpu => "HLOOM_PLUGIN_CPU",
        DeviceKind::Gpu => "HLOOM_PLUGIN_GPU",
        DeviceKind::Tpu => "HLOOM_PLUGIN_TPU",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_well_formed() {
        for (index, plugin) in PLUGINS.iter().enumerate() {
            assert!(PLUGINS[..index].iter().all(|other| other.name != plugin.name), "{}", plugin.name);
            for hash in [plugin.wheel_sha256, plugin.member_sha256] {
                assert!(hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");
            }
            assert!(plugin.member.contains('/') && plugin.member.ends_with(".so"));
            assert_eq!(Plugin::named(plugin.name), Some(plugin));
        }
        assert!(DeviceKind::ALL.into_iter().all(|kind| Plugin::for_kind(kind).next().is_some()));
        assert_eq!(Plugin::for_kind(DeviceKind::Cpu).next().map(|plugin| plugin.name), Some("cpu"));
    }
}
