//! The folder for what can be had again: plugins, hashes of files and compiled programs.
//! Knows the names of its subfolders and nothing of what is in them.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// The folder of the cache: `HLOOM_CACHE_DIR`, else `hloom` in `XDG_CACHE_HOME`, else `~/.cache/hloom`.
///
/// It need not exist yet.
///
/// # Errors
/// [`Error::NoCache`] if none of the variables is set.
pub fn cache_dir() -> Result<PathBuf> {
    let variable = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(dir) = variable("HLOOM_CACHE_DIR") {
        return Ok(dir);
    }
    // The specification of the variable asks to ignore a relative path.
    if let Some(dir) = variable("XDG_CACHE_HOME").filter(|dir| dir.is_absolute()) {
        return Ok(dir.join("hloom"));
    }
    variable("HOME").map(|home| home.join(".cache").join("hloom")).ok_or(Error::NoCache)
}

/// The folder of compiled programs.
///
/// # Errors
/// Those of [`cache_dir`].
pub fn executables_dir() -> Result<PathBuf> {
    Ok(cache_dir()?.join("executables"))
}

/// The folder of installed plugins.
///
/// # Errors
/// Those of [`cache_dir`].
pub fn plugins_dir() -> Result<PathBuf> {
    Ok(cache_dir()?.join("plugins"))
}

/// Makes a folder and its parents. On Unix only the user can enter it: what is in it gets executed.
pub(crate) fn create_private(dir: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(Error::io("cannot create the folder", dir))
}

/// Makes a folder of the cache if need be, and makes sure that only this user or root can change what is in
/// it: what is in it gets executed.
///
/// # Errors
/// [`Error::NotPrivate`] if others can write it; an I/O error if it cannot be made.
pub fn private_dir(dir: &Path) -> Result<()> {
    create_private(dir)?;
    check_private(dir)
}

/// Refuses a file or folder that others than this user and root can change, and a link, which may lead to one.
///
/// # Errors
/// [`Error::NotPrivate`]; an I/O error if it is not there.
#[cfg(unix)]
pub(crate) fn check_private(path: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::symlink_metadata(path).map_err(Error::io("cannot look at", path))?;
    let is_ours = metadata.uid() == rustix::process::geteuid().as_raw() || metadata.uid() == 0;
    if is_ours && !metadata.is_symlink() && metadata.mode() & 0o022 == 0 {
        Ok(())
    } else {
        Err(Error::NotPrivate { path: path.to_owned() })
    }
}

#[cfg(not(unix))]
pub(crate) fn check_private(_path: &Path) -> Result<()> {
    Ok(())
}

/// Writes a file so that it is there completely or not at all, even if the machine stops.
pub(crate) fn write_atomically(path: &Path, write: impl FnOnce(&mut fs::File) -> Result<()>) -> Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    create_private(dir)?;
    // Removed when dropped, so that no failure leaves anything behind.
    let mut file = tempfile::NamedTempFile::new_in(dir).map_err(Error::io("cannot create a file in", dir))?;
    write(file.as_file_mut())?;
    let synced = file.as_file_mut().flush().and_then(|()| file.as_file().sync_all());
    synced.map_err(Error::io("cannot write", path))?;
    let persisted = file.persist(path).map_err(|error| error.error);
    persisted.map_err(Error::io("cannot write", path))?;
    // The new name is durable once the folder is; where folders cannot be synced it is as good as it gets.
    let _: io::Result<()> = fs::File::open(dir).and_then(|dir| dir.sync_all());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_can_write_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        private_dir(dir.path()).unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(private_dir(dir.path()), Err(Error::NotPrivate { .. })));
    }

    #[test]
    fn a_failed_write_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sub").join("file");
        let failed = write_atomically(&path, |file| {
            file.write_all(b"half").unwrap();
            Err(Error::NoCache)
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_dir(dir.path().join("sub")).unwrap().count(), 0);
        write_atomically(&path, |file| file.write_all(b"whole").map_err(Error::io("cannot write", &path))).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
    }
}
