//! The table of plugins that can be installed. Knows only what `hloom-pjrt` offers in public.

use anyhow::Result;
use hloom_pjrt::PLUGINS;

use super::table;

pub(super) fn block() -> Result<String> {
    let rows = PLUGINS.iter().map(|plugin| {
        vec![
            format!("`{}`", plugin.name),
            format!("`{}`", plugin.kind),
            plugin.about.to_owned(),
            format!("{} {}", plugin.package, plugin.version),
            format!("{} MB", (plugin.wheel_size + 500_000) / 1_000_000),
            plugin.license.to_owned(),
            if plugin.needs.is_empty() { "nothing".to_owned() } else { plugin.needs.to_owned() },
        ]
    });
    Ok(table(&["name", "device", "what", "package", "download", "licence", "needs besides"], rows))
}
