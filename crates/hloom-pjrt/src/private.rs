//! Folders whose content is executed: opened once, checked up to the root, and used through what was opened.
//!
//! What is checked by a path may be another thing when it is opened by that path: whoever can write one of the
//! folders above can exchange it in between. So each folder on the way is opened in the one before, without
//! following links, and looked at when it is open; files are opened in the folder in the same way.
//! Knows nothing of what is in the files.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::{
    AtFlags, Dir, FileType, Mode, OFlags, Stat, fstat, mkdirat, openat, readlinkat, renameat, statat, unlinkat,
};
use rustix::io::Errno;

use crate::{Error, Result};

/// How many links may be on the way, as in the system.
const MAX_LINKS: usize = 40;

/// Writing by the group and by others.
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// The bit that keeps users from renaming each other's files, as in `/tmp`.
const STICKY: u32 = 0o1000;

/// How a folder on the way is opened: to go on from there is all that is needed of it.
#[cfg(target_os = "linux")]
const PASSAGE: OFlags = OFlags::PATH;
#[cfg(not(target_os = "linux"))]
const PASSAGE: OFlags = OFlags::RDONLY;

/// A folder that nobody but this user and root can change, nor put another in its place.
#[derive(Debug)]
pub struct PrivateDir {
    folder: OwnedFd,
    path: PathBuf,
}

/// A file of a [`PrivateDir`].
#[derive(Debug)]
#[non_exhaustive]
pub struct Entry {
    /// Its name.
    pub name: OsString,
    /// When it was changed last.
    pub modified: SystemTime,
    /// How many bytes it has.
    pub len: u64,
}

impl PrivateDir {
    /// Opens a folder, and makes it and its parents if need be; only the user can enter what is made.
    ///
    /// # Errors
    /// [`Error::NotPrivate`] if others can write it or exchange it, or if it is a link; an I/O error if it cannot be
    /// made.
    pub fn create(path: &Path) -> Result<PrivateDir> {
        PrivateDir::walk(path, true)
    }

    /// Opens a folder that is there.
    ///
    /// # Errors
    /// As [`PrivateDir::create`].
    pub fn open(path: &Path) -> Result<PrivateDir> {
        PrivateDir::walk(path, false)
    }

    fn walk(path: &Path, create: bool) -> Result<PrivateDir> {
        let failed = |at: &Path, error: Errno| Error::io("cannot open the folder", at)(error.into());
        let absolute = std::path::absolute(path).map_err(Error::io("cannot find", path))?;
        let root = Path::new("/");
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut folder = rustix::fs::open(root, PASSAGE | flags, Mode::empty()).map_err(|error| failed(root, error))?;
        let mut at = root.to_owned();
        check_folder(&folder, &at, true)?;
        let mut rest: VecDeque<OsString> = names(&absolute).collect();
        let mut links = 0;
        while let Some(name) = rest.pop_front() {
            let here = at.join(&name);
            let is_last = rest.is_empty();
            let found = match statat(&folder, &name, AtFlags::SYMLINK_NOFOLLOW) {
                Err(Errno::NOENT) if create => {
                    match mkdirat(&folder, &name, Mode::RWXU) {
                        // Another process may have been faster.
                        Ok(()) | Err(Errno::EXIST) => {}
                        Err(error) => return Err(Error::io("cannot create the folder", &here)(error.into())),
                    }
                    statat(&folder, &name, AtFlags::SYMLINK_NOFOLLOW)
                }
                found => found,
            };
            let found = found.map_err(|error| failed(&here, error))?;
            if FileType::from_raw_mode(found.st_mode) == FileType::Symlink {
                // A link of the user's or root's in a folder that was checked leads where its owner wants.
                if is_last || !is_trusted(&found) {
                    return Err(Error::NotPrivate { path: here });
                }
                links += 1;
                if links > MAX_LINKS {
                    return Err(failed(&here, Errno::LOOP));
                }
                let target = readlinkat(&folder, &name, Vec::new()).map_err(|error| failed(&here, error))?;
                let target = PathBuf::from(OsString::from_vec(target.into_bytes()));
                if target.is_absolute() {
                    folder =
                        rustix::fs::open(root, PASSAGE | flags, Mode::empty()).map_err(|error| failed(root, error))?;
                    at = root.to_owned();
                }
                let targets: Vec<OsString> = names(&target).collect();
                targets.into_iter().rev().for_each(|name| rest.push_front(name));
                continue;
            }
            let access = if is_last { OFlags::RDONLY } else { PASSAGE };
            folder = openat(&folder, &name, access | flags, Mode::empty()).map_err(|error| failed(&here, error))?;
            check_folder(&folder, &here, !is_last)?;
            at = here;
        }
        Ok(PrivateDir { folder, path: at })
    }

    /// Where the folder was when it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a file of the folder for reading.
    ///
    /// # Errors
    /// [`Error::NotPrivate`] if it is no regular file, or one that others can change; an I/O error if it is not there.
    pub fn open_file(&self, name: &OsStr) -> Result<File> {
        self.open_with(name, OFlags::RDONLY, Mode::empty())
    }

    /// Opens a file of the folder for writing, and makes it if need be.
    pub(crate) fn create_file(&self, name: &OsStr) -> Result<File> {
        self.open_with(name, OFlags::RDWR | OFlags::CREATE, Mode::RUSR | Mode::WUSR)
    }

    fn open_with(&self, name: &OsStr, access: OFlags, mode: Mode) -> Result<File> {
        let path = self.path.join(name);
        check_name(name).map_err(Error::io("cannot open", &path))?;
        // A pipe that nobody writes to would be waited for.
        let flags = access | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match openat(&self.folder, name, flags, mode) {
            Ok(file) => file,
            Err(Errno::LOOP | Errno::NXIO) => return Err(Error::NotPrivate { path }),
            Err(error) => return Err(Error::io("cannot open", &path)(error.into())),
        };
        let found = fstat(&file).map_err(|error| Error::io("cannot look at", &path)(error.into()))?;
        let is_file = FileType::from_raw_mode(found.st_mode) == FileType::RegularFile;
        if is_file && is_trusted(&found) && found.st_mode & WRITABLE_BY_OTHERS == 0 {
            return Ok(File::from(file));
        }
        Err(Error::NotPrivate { path })
    }

    /// Writes a file so that other processes see it whole or not at all.
    ///
    /// # Errors
    /// That of `write`; an I/O error if the folder cannot be written.
    pub fn write(&self, name: &OsStr, write: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
        let path = self.path.join(name);
        check_name(name).map_err(Error::io("cannot write", &path))?;
        let mut temporary = Temporary::new(self)?;
        write(&mut temporary.file)?;
        renameat(&self.folder, &temporary.name, &self.folder, name)
            .map_err(|error| Error::io("cannot write", &path)(error.into()))
    }

    /// As [`PrivateDir::write`], even if the machine stops.
    pub(crate) fn write_durably(&self, name: &OsStr, write: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
        self.write(name, |file| {
            write(file)?;
            file.sync_all().map_err(Error::io("cannot write", &self.path.join(name)))
        })?;
        // The new name is durable once the folder is; where folders cannot be synced it is as good as it gets.
        let _ = rustix::fs::fsync(&self.folder);
        Ok(())
    }

    /// Removes a file. One that cannot be removed stays.
    pub fn remove(&self, name: &OsStr) {
        if check_name(name).is_ok() {
            let _ = unlinkat(&self.folder, name, AtFlags::empty());
        }
    }

    /// The regular files of the folder.
    ///
    /// # Errors
    /// An I/O error if it cannot be read.
    pub fn entries(&self) -> Result<Vec<Entry>> {
        let failed = |error: Errno| Error::io("cannot read the folder", &self.path)(error.into());
        let mut entries = Vec::new();
        for entry in Dir::read_from(&self.folder).map_err(failed)? {
            let name = OsString::from_vec(entry.map_err(failed)?.file_name().to_bytes().to_vec());
            // It may be gone by now.
            let Ok(found) = statat(&self.folder, &name, AtFlags::SYMLINK_NOFOLLOW) else { continue };
            if FileType::from_raw_mode(found.st_mode) == FileType::RegularFile {
                let age = std::time::Duration::from_secs(u64::try_from(found.st_mtime).unwrap_or(0));
                let len = u64::try_from(found.st_size).unwrap_or(0);
                entries.push(Entry { name, modified: SystemTime::UNIX_EPOCH + age, len });
            }
        }
        Ok(entries)
    }
}

/// A new file with a name of its own, which is removed when it is dropped, unless it was renamed.
struct Temporary<'a> {
    folder: &'a PrivateDir,
    name: OsString,
    file: File,
}

impl<'a> Temporary<'a> {
    fn new(folder: &'a PrivateDir) -> Result<Temporary<'a>> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        // Only the name is left to the library, which would make and remove the file by its path.
        let made = tempfile::Builder::new().prefix(".new-").disable_cleanup(true).make_in(&folder.path, |path| {
            let name = path.file_name().unwrap_or_default();
            Ok((name.to_owned(), openat(&folder.folder, name, flags, Mode::RUSR | Mode::WUSR)?))
        });
        let (name, file) = made.map_err(Error::io("cannot create a file in", &folder.path))?.into_file();
        Ok(Temporary { folder, name, file: File::from(file) })
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        self.folder.remove(&self.name);
    }
}

/// The names of a path, without the root and what means the folder itself.
fn names(path: &Path) -> impl Iterator<Item = OsString> {
    path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
    })
}

/// Whether something belongs to this user or to root.
fn is_trusted(found: &Stat) -> bool {
    found.st_uid == 0 || found.st_uid == rustix::process::geteuid().as_raw()
}

/// Refuses an open folder that others can change. On the way to another they may write one with the sticky bit, where
/// they can rename nothing but what is theirs.
fn check_folder(folder: &OwnedFd, path: &Path, is_on_the_way: bool) -> Result<()> {
    let found = fstat(folder).map_err(|error| Error::io("cannot look at", path)(error.into()))?;
    let is_closed = found.st_mode & WRITABLE_BY_OTHERS == 0 || is_on_the_way && found.st_mode & STICKY != 0;
    if is_trusted(&found) && is_closed { Ok(()) } else { Err(Error::NotPrivate { path: path.to_owned() }) }
}

/// Refuses a name that leads out of its folder.
fn check_name(name: &OsStr) -> io::Result<()> {
    let mut components = Path::new(name).components();
    match (components.next(), components.next()) {
        (Some(Component::Normal(only)), None) if only == name => Ok(()),
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, "not the name of a file")),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::io::{Read, Write};
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    fn is_refused<T>(outcome: Result<T>, expected: &Path) -> bool {
        matches!(outcome, Err(Error::NotPrivate { path }) if path == expected)
    }

    #[test]
    fn a_folder_is_as_private_as_each_of_its_parents() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap();
        let path = top.join("a/b/c");
        assert!(PrivateDir::open(&path).is_err());
        PrivateDir::create(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(PrivateDir::open(&path).unwrap().path(), path);
        for at in [top.join("a"), top.join("a/b"), path.clone()] {
            for mode in [0o777, 0o720, 0o702] {
                set_mode(&at, mode);
                assert!(is_refused(PrivateDir::create(&path), &at), "{} {mode:o}", at.display());
            }
            set_mode(&at, 0o1777);
            // Others may make files there, which is too much only at the end.
            assert_eq!(PrivateDir::open(&path).is_ok(), at != path);
            set_mode(&at, 0o755);
            PrivateDir::open(&path).unwrap();
        }
    }

    #[test]
    fn links_are_followed_on_the_way_only() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap();
        fs::create_dir_all(top.join("real/inner")).unwrap();
        symlink("real", top.join("relative")).unwrap();
        symlink(top.join("real"), top.join("absolute")).unwrap();
        symlink("loop", top.join("loop")).unwrap();
        for way in ["relative/inner", "absolute/inner", "relative/../real/inner"] {
            assert_eq!(
                PrivateDir::open(&top.join(way)).unwrap().path().canonicalize().unwrap(),
                top.join("real/inner")
            );
        }
        assert!(is_refused(PrivateDir::open(&top.join("relative")), &top.join("relative")));
        assert!(PrivateDir::open(&top.join("loop/inner")).is_err());
        // What a link leads to is checked like anything else.
        set_mode(&top.join("real"), 0o777);
        assert!(is_refused(PrivateDir::open(&top.join("absolute/inner")), &top.join("real")));
    }

    #[test]
    fn only_private_files_are_opened() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().canonicalize().unwrap();
        let folder = PrivateDir::open(&path).unwrap();
        let open = |name: &str| folder.open_file(OsStr::new(name));
        folder.write(OsStr::new("good"), |file| file.write_all(b"content").map_err(Error::io("", &path))).unwrap();
        let mut content = String::new();
        open("good").unwrap().read_to_string(&mut content).unwrap();
        assert_eq!(content, "content");
        fs::write(path.join("open"), "").unwrap();
        set_mode(&path.join("open"), 0o666);
        symlink("good", path.join("link")).unwrap();
        fs::create_dir(path.join("folder")).unwrap();
        rustix::fs::mknodat(&folder.folder, "pipe", FileType::Fifo, Mode::RWXU, 0).unwrap();
        for name in ["open", "link", "folder", "pipe"] {
            assert!(is_refused(open(name), &path.join(name)), "{name}");
        }
        for name in ["", ".", "..", "../good", "/etc/passwd", "folder/good", "good/"] {
            assert!(matches!(open(name), Err(Error::Io { .. })), "{name}");
        }
        let entries = folder.entries().unwrap();
        assert_eq!(entries.iter().map(|entry| entry.len).sum::<u64>(), 7);
        assert_eq!(entries.len(), 2);
        folder.remove(OsStr::new("good"));
        assert!(matches!(open("good"), Err(Error::Io { .. })));
    }

    #[test]
    fn a_failed_write_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let folder = PrivateDir::create(&dir.path().join("sub")).unwrap();
        let name = OsStr::new("file");
        let failed = folder.write(name, |file| {
            file.write_all(b"half").unwrap();
            Err(Error::NoCache)
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_dir(dir.path().join("sub")).unwrap().count(), 0);
        folder.write_durably(name, |file| file.write_all(b"whole").map_err(Error::io("", dir.path()))).unwrap();
        assert_eq!(fs::read(dir.path().join("sub/file")).unwrap(), b"whole");
        assert_eq!(fs::read_dir(dir.path().join("sub")).unwrap().count(), 1);
    }
}
