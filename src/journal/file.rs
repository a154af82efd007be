//! An open file with its name, so that every error says where.

use std::io;

use super::disk::{Disk, DiskFile};
use super::error::JournalError;

/// An open file of the journal's folder.
pub(super) struct NamedFile {
    pub(super) name: String,
    pub(super) file: Box<dyn DiskFile>,
}

impl NamedFile {
    pub(super) fn create(disk: &dyn Disk, name: &str) -> Result<Self, JournalError> {
        let file = disk
            .create(name)
            .map_err(JournalError::io("create", name, 0))?;
        Ok(Self {
            name: name.to_owned(),
            file,
        })
    }

    pub(super) fn open(disk: &dyn Disk, name: &str) -> Result<Self, JournalError> {
        let file = disk.open(name).map_err(JournalError::io("open", name, 0))?;
        Ok(Self {
            name: name.to_owned(),
            file,
        })
    }

    pub(super) fn length(&self) -> Result<u64, JournalError> {
        self.file
            .length()
            .map_err(JournalError::io("measure", &self.name, 0))
    }

    /// Fills the buffer as far as the file goes; how many bytes.
    pub(super) fn read(&self, into: &mut [u8], offset: u64) -> Result<usize, JournalError> {
        let mut done = 0;
        while let Some(rest) = into.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match self.file.read_at(rest, offset + done as u64) {
                Ok(0) => break,
                Ok(bytes) => done += bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.failed("read", offset + done as u64, error)),
            }
        }
        Ok(done)
    }

    /// Writes everything. A short write is taken up where it stopped; an error is final.
    pub(super) fn write(&self, bytes: &[u8], offset: u64) -> Result<(), JournalError> {
        let mut done = 0;
        while let Some(rest) = bytes.get(done..).filter(|rest| !rest.is_empty()) {
            match self.file.write_at(rest, offset + done as u64) {
                Ok(0) => {
                    let error = io::ErrorKind::WriteZero.into();
                    return Err(self.failed("write", offset + done as u64, error));
                }
                Ok(written) => done += written,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.failed("write", offset + done as u64, error)),
            }
        }
        Ok(())
    }

    pub(super) fn sync(&self) -> Result<(), JournalError> {
        self.file
            .sync_data()
            .map_err(JournalError::io("sync", &self.name, 0))
    }

    fn failed(&self, action: &'static str, offset: u64, error: io::Error) -> JournalError {
        JournalError::io(action, &self.name, offset)(error)
    }
}
