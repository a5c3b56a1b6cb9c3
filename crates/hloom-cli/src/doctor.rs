//! `hloom doctor`: says what works on this machine, and what to do about what does not.

use std::io::Write;

use anyhow::{Result, bail};
use hloom_pjrt::{DeviceKind, DeviceSpec, Error, Plugin, find, open, open_plugin, self_test};

/// The most devices of a platform that are looked for. More than this is not one machine.
const MAX_DEVICES: usize = 64;

/// How a platform is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Health {
    Works,
    Absent,
    Broken,
}

/// Examines every platform. Those in `asked` must work; if there are none, the CPU must.
pub(crate) fn run(asked: &[DeviceKind], out: &mut dyn Write) -> Result<()> {
    writeln!(out, "hloom {} on {} {}", env!("CARGO_PKG_VERSION"), std::env::consts::ARCH, std::env::consts::OS)?;
    match hloom_pjrt::cache_dir() {
        Ok(dir) => writeln!(out, "cache: {}", dir.display())?,
        Err(error) => writeln!(out, "cache: {error}")?,
    }
    let required = if asked.is_empty() { &[DeviceKind::Cpu][..] } else { asked };
    let examined = if asked.is_empty() { &DeviceKind::ALL[..] } else { asked };
    let mut failed = Vec::new();
    for &kind in examined {
        let health = examine(kind, out)?;
        if health != Health::Works && required.contains(&kind) {
            failed.push(kind.name());
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    bail!("{} cannot be used", failed.join(", "))
}

/// Examines one platform: its plugin, its devices, and whether each compiles and runs.
fn examine(kind: DeviceKind, out: &mut dyn Write) -> Result<Health> {
    writeln!(out, "\n{kind}")?;
    let first = DeviceSpec { kind, index: 0 };
    // `open` also installs a missing plugin where the environment asks for it.
    let found = match find(kind) {
        Err(Error::NotFound { .. }) => match open(&first) {
            Ok(_) => find(kind),
            Err(error) => {
                writeln!(out, "  {error}")?;
                return Ok(Health::Absent);
            }
        },
        found => found,
    };
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            writeln!(out, "  {error}")?;
            return Ok(Health::Broken);
        }
    };
    writeln!(out, "  plugin: {}", found.path.display())?;
    writeln!(out, "  origin: {}", found.origin)?;
    let known = Plugin::for_kind(kind).find(|plugin| found.path.ends_with(plugin.member));
    if let Some(plugin) = known {
        writeln!(out, "  package: {} ({})", plugin.package, plugin.license)?;
    }
    let mut health = Health::Works;
    for index in 0..MAX_DEVICES {
        let spec = DeviceSpec { kind, index };
        let device = match open_plugin(&spec, &found) {
            Ok(device) => device,
            // The end of the list; that there is a first device is what the platform is there for.
            Err(error) if index > 0 && is_no_such_device(&error) => break,
            Err(error) => {
                writeln!(out, "  {spec}: {error}")?;
                write_needs(known, out)?;
                return Ok(Health::Broken);
            }
        };
        match self_test(&device) {
            Ok(times) => writeln!(
                out,
                "  {} on {}: works (compile {:.1} ms, first run {:.1} ms, then {:.1} us)",
                device.description(),
                device.platform(),
                times.compile.as_secs_f64() * 1e3,
                times.first_run.as_secs_f64() * 1e3,
                times.run.as_secs_f64() * 1e6,
            )?,
            Err(error) => {
                writeln!(out, "  {}: {error}", device.description())?;
                write_needs(known, out)?;
                health = Health::Broken;
            }
        }
    }
    Ok(health)
}

fn is_no_such_device(error: &hloom_backend::Error) -> bool {
    let source = error.source.as_deref().and_then(|source| source.downcast_ref::<Error>());
    matches!(source, Some(Error::NoSuchDevice { .. }))
}

/// What the plugin needs, which is the usual cause when it does not start.
fn write_needs(plugin: Option<&Plugin>, out: &mut dyn Write) -> Result<()> {
    plugin.map_or(Ok(()), |plugin| crate::plugin::write_needs(plugin, out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_works() {
        let mut out = Vec::new();
        run(&[DeviceKind::Cpu], &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("cpu:0") && text.contains("works"), "{text}");
        assert!(!text.contains("tpu"), "{text}");
    }
}
