//! `hloom plugin`: installs and lists plugins. Knows nothing about how either is done.

use std::io::Write;

use anyhow::Result;
use hloom_pjrt::{DeviceKind, PLUGINS, Plugin, Progress, find, installed, plugins_dir};
use indicatif::{ProgressBar, ProgressStyle};

/// Installs a plugin with a progress bar on standard error.
pub(crate) fn install(name: &str, out: &mut dyn Write) -> Result<()> {
    let bar = ProgressBar::new(0)
        .with_style(ProgressStyle::with_template("{msg:12} {wide_bar} {decimal_bytes}/{decimal_total_bytes}")?);
    let result = hloom_pjrt::install(name, &mut |progress| show(&bar, progress));
    bar.finish_and_clear();
    let found = result?;
    writeln!(out, "installed {}", found.path.display())?;
    if let Some(plugin) = Plugin::named(name) {
        writeln!(out, "licence of {}: {}", plugin.package, plugin.license)?;
        write_needs(plugin, out)?;
    }
    Ok(())
}

/// Says what a plugin needs besides its library, and how to get what comes in Python packages.
pub(crate) fn write_needs(plugin: &Plugin, out: &mut dyn Write) -> Result<()> {
    if plugin.needs.is_empty() {
        return Ok(());
    }
    writeln!(out, "{} needs {}", plugin.name, plugin.needs)?;
    if !plugin.wheels.is_empty() {
        let folder = plugins_dir()?.join(plugin.installed_folder());
        let wheels = plugin.wheels.join(" ");
        writeln!(out, "if the libraries are not on the system, put them beside the plugin:")?;
        writeln!(out, "  python3 -m pip install --target {} {wheels}", folder.display())?;
    }
    Ok(())
}

fn show(bar: &ProgressBar, progress: Progress) {
    let (message, bytes) = match progress {
        Progress::Waiting => ("waiting", None),
        Progress::Downloading { bytes, total } => ("downloading", Some((bytes, total))),
        Progress::Checking => ("checking", None),
        Progress::Unpacking { bytes, total } => ("unpacking", Some((bytes, total))),
        _ => ("done", None),
    };
    bar.set_message(message);
    if let Some((bytes, total)) = bytes {
        bar.set_length(total);
        bar.set_position(bytes);
    }
}

/// Lists the plugins that can be installed, then what each platform uses.
pub(crate) fn list(out: &mut dyn Write) -> Result<()> {
    writeln!(out, "{:8} {:8} {:>6} {:10} INSTALLED", "NAME", "PLATFORM", "MB", "VERSION")?;
    for plugin in PLUGINS {
        let place = installed(plugin).map_or_else(|| "-".to_owned(), |found| found.path.display().to_string());
        let megabytes = plugin.wheel_size / 1_000_000;
        let (name, version) = (plugin.name, plugin.version);
        writeln!(out, "{name:8} {:8} {megabytes:>6} {version:10} {place}", plugin.kind)?;
    }
    writeln!(out)?;
    for kind in DeviceKind::ALL {
        match find(kind) {
            Ok(found) => writeln!(out, "{kind} uses {} ({})", found.path.display(), found.origin)?,
            Err(error) => writeln!(out, "{kind}: {error}")?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_names_every_plugin_and_platform() {
        let mut out = Vec::new();
        list(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        for plugin in PLUGINS {
            assert!(text.lines().any(|line| line.starts_with(plugin.name)), "{text}");
        }
        for kind in DeviceKind::ALL {
            let uses = [format!("{kind} uses "), format!("{kind}: ")];
            assert!(text.lines().any(|line| uses.iter().any(|start| line.starts_with(start))), "{text}");
        }
    }
}
