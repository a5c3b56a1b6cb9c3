//! Naming a device: `cpu`, `gpu:0`, `tpu:3`. Knows nothing about how it is reached.

use std::fmt;
use std::str::FromStr;

use crate::{Error, ErrorKind};

/// A class of devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeviceKind {
    /// The host's processors, all together one device.
    Cpu,
    /// Graphics processors of any vendor.
    Gpu,
    /// Google's tensor processors.
    Tpu,
}

impl DeviceKind {
    /// Every class.
    pub const ALL: [DeviceKind; 3] = [DeviceKind::Cpu, DeviceKind::Gpu, DeviceKind::Tpu];

    /// The name in a [`DeviceSpec`].
    pub const fn name(self) -> &'static str {
        match self {
            DeviceKind::Cpu => "cpu",
            DeviceKind::Gpu => "gpu",
            DeviceKind::Tpu => "tpu",
        }
    }
}

impl fmt::Display for DeviceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One device: its class and its index among those of the class.
///
/// # Examples
/// ```
/// use hloom_backend::{DeviceKind, DeviceSpec};
///
/// let device: DeviceSpec = "gpu:1".parse()?;
/// assert_eq!(device, DeviceSpec { kind: DeviceKind::Gpu, index: 1 });
/// assert_eq!("cpu".parse::<DeviceSpec>()?.to_string(), "cpu:0");
/// # Ok::<(), hloom_backend::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviceSpec {
    /// The class.
    pub kind: DeviceKind,
    /// The index, from 0.
    pub index: usize,
}

impl FromStr for DeviceSpec {
    type Err = Error;

    /// Parses a class in lower case, and an index after a colon; without one it is 0.
    fn from_str(text: &str) -> Result<DeviceSpec, Error> {
        let expected = "expected cpu, gpu or tpu with an optional index such as gpu:0";
        let invalid = || Error::new(ErrorKind::Plugin, format!("device: '{text}' is not a device, {expected}"));
        let (kind, index) = match text.split_once(':') {
            None => (text, 0),
            // `parse` would take a sign.
            Some((kind, index)) if index.bytes().all(|byte| byte.is_ascii_digit()) => {
                (kind, index.parse().map_err(|_| invalid())?)
            }
            Some(_) => return Err(invalid()),
        };
        let kind = DeviceKind::ALL.into_iter().find(|known| known.name() == kind).ok_or_else(invalid)?;
        Ok(DeviceSpec { kind, index })
    }
}

impl fmt::Display for DeviceSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_parse() {
        for (text, expected) in [("cpu", "cpu:0"), ("gpu:0", "gpu:0"), ("tpu:12", "tpu:12")] {
            assert_eq!(text.parse::<DeviceSpec>().unwrap().to_string(), expected);
        }
        for text in ["", "CPU", "cpu:", "cpu:-1", "cpu:+1", "gpu:x", "fpga", "cpu:0:0", "gpu:99999999999999999999"] {
            let error = text.parse::<DeviceSpec>().unwrap_err().to_string();
            assert!(error.contains(&format!("'{text}'")), "{error}");
        }
    }
}
