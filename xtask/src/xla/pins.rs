//! What an `xla_extension` is assembled from: two wheels, pinned, and which of their files are needed. Knows no folders of
//! this machine.

use hloom_pjrt::Wheel;

/// A wheel and what is taken from it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) wheel: Wheel,
    pub(crate) rules: &'static [Rule],
}

/// Files of a wheel: all whose names start with `from`, put where `to` replaces that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
}

const fn rule(from: &'static str, to: &'static str) -> Rule {
    Rule { from, to }
}

/// The name of the folder of an installation. It changes with whatever is pinned here and in the headers.
pub(crate) const NAME: &str = "tensorflow-2.21.0-libclang-18.1.1";

/// XLA's compiler and headers, as TensorFlow ships them; and the library through which bindgen reads headers.
pub(crate) const PARTS: &[Part] = &[
    Part {
        wheel: Wheel {
            package: "tensorflow-cpu",
            version: "2.21.0",
            tag: "manylinux_2_27_x86_64",
            python: "3.11",
            bytes: 273_829_956,
            sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
        },
        rules: &[
            rule("tensorflow/libtensorflow_cc.so.2", "lib/libtensorflow_cc.so.2"),
            rule("tensorflow/libtensorflow_framework.so.2", "lib/libtensorflow_framework.so.2"),
            rule("tensorflow/include/xla/", "include/xla/"),
            rule("tensorflow/include/tsl/", "include/tsl/"),
            rule("tensorflow/include/absl/", "include/absl/"),
            rule("tensorflow/include/google/", "include/google/"),
            rule("tensorflow/include/Eigen/", "include/Eigen/"),
            rule("tensorflow/include/unsupported/", "include/unsupported/"),
            rule("tensorflow/include/ml_dtypes/", "include/ml_dtypes/"),
            rule("tensorflow/include/third_party/", "include/third_party/"),
            rule("tensorflow/include/external/highwayhash/highwayhash/", "include/highwayhash/"),
            rule("tensorflow/include/external/farmhash_archive/src/farmhash.h", "include/farmhash.h"),
            rule("tensorflow/include/external/com_github_grpc_grpc/include/grpc/", "include/grpc/"),
            rule("tensorflow/include/external/com_github_grpc_grpc/include/grpcpp/", "include/grpcpp/"),
            rule("tensorflow/THIRD_PARTY_NOTICES.txt", "licenses/tensorflow/THIRD_PARTY_NOTICES.txt"),
            rule("tensorflow/include/LICENSE", "licenses/tensorflow/LICENSE"),
        ],
    },
    Part {
        wheel: Wheel {
            package: "libclang",
            version: "18.1.1",
            tag: "manylinux2010_x86_64",
            python: "3.11",
            bytes: 24_515_943,
            sha256: "c533091d8a3bbf7460a00cb6c1a71da93bffe148f172c7d03b1c31fbf8aa2a0b",
        },
        rules: &[
            rule("libclang-18.1.1.data/platlib/clang/native/libclang.so", "clang/libclang.so"),
            rule("libclang-18.1.1.dist-info/LICENSE.TXT", "licenses/libclang/LICENSE.TXT"),
        ],
    },
];

/// The libraries of an installation and their hashes, which say whether it is intact.
pub(crate) const LIBRARIES: &[(&str, &str)] = &[
    ("lib/libtensorflow_cc.so.2", "6505a4b9657e62100c6bdacb683957a395cb047725042945aaa50e40a71e429e"),
    ("lib/libtensorflow_framework.so.2", "f060b323b26ef80add21b9df9428de3aeaf2843d772c5bb098745f7abff3709b"),
    ("clang/libclang.so", "a8612b1c9a7125701277f63e5616f1d1eb9c91410c4bf195878067868c927f94"),
];

/// What is written beside them. The `xla` crate links one library, for which a script of the linker stands: it names
/// those of the wheel. The headers stand for those of LLVM, which the wheel lacks.
pub(crate) const WRITTEN: &[(&str, &str)] = &[
    ("lib/libxla_extension.so", "INPUT(libtensorflow_cc.so.2 libtensorflow_framework.so.2)\n"),
    ("include/llvm/Support/raw_ostream.h", include_str!("headers/llvm/Support/raw_ostream.h")),
    ("include/mlir/IR/BuiltinOps.h", include_str!("headers/mlir/IR/BuiltinOps.h")),
    ("include/mlir/IR/DialectRegistry.h", include_str!("headers/mlir/IR/DialectRegistry.h")),
    ("include/mlir/IR/MLIRContext.h", include_str!("headers/mlir/IR/MLIRContext.h")),
    ("include/mlir/IR/OwningOpRef.h", include_str!("headers/mlir/IR/OwningOpRef.h")),
];
