//! Reads an archive back, file by file in the order of its names, whatever disk it is on.

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use bytes::Bytes;
use greenlane::archive::{Batch, Table};
use greenlane::journal::Folders;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// The rows of each table.
pub(crate) type Rows = [RecordBatch; 4];

/// Paths of the files of a table; their names sort as the journal goes.
pub(crate) fn files(folders: &dyn Folders, table: Table) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for day in folders.list(table.name()).unwrap() {
        let folder = format!("{table}/{day}");
        let names = folders.open(&folder).unwrap().list().unwrap();
        let whole = names.into_iter().filter(|name| name.ends_with(".parquet"));
        files.extend(whole.map(|name| (name, folder.clone())));
    }
    files.sort();
    files
        .into_iter()
        .map(|(name, folder)| (folder, name))
        .collect()
}

pub(crate) fn bytes(folders: &dyn Folders, folder: &str, name: &str) -> Vec<u8> {
    let file = folders.open(folder).unwrap().open(name).unwrap();
    let mut bytes = vec![0; file.length().unwrap() as usize];
    let mut done = 0;
    while done < bytes.len() {
        done += file.read_at(&mut bytes[done..], done as u64).unwrap();
    }
    bytes
}

/// The rows of one file.
pub(crate) fn file(folders: &dyn Folders, table: Table, folder: &str, name: &str) -> RecordBatch {
    let bytes = Bytes::from(bytes(folders, folder, name));
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
    let batches: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
    concat_batches(&table.schema(), &batches).unwrap()
}

/// All that an archive holds.
pub(crate) fn rows(folders: &dyn Folders) -> Rows {
    Table::ALL.map(|table| {
        let files = files(folders, table);
        let files = files
            .iter()
            .map(|(folder, name)| file(folders, table, folder, name));
        concat_batches(&table.schema(), &files.collect::<Vec<_>>()).unwrap()
    })
}

/// All that batches hold.
pub(crate) fn fed(batches: &[Batch]) -> Rows {
    Table::ALL.map(|table| {
        let rows = batches.iter().map(|batch| batch.rows(table));
        concat_batches(&table.schema(), rows).unwrap()
    })
}

/// The ranges of a table's files as their names say, with their days.
pub(crate) fn ranges(folders: &dyn Folders, table: Table) -> Vec<(String, u64, u64)> {
    let files = files(folders, table).into_iter();
    files
        .map(|(folder, name)| {
            let number = |at: usize| name[at..at + 20].parse().unwrap();
            let day = folder.rsplit_once('=').unwrap().1.to_owned();
            (day, number(0), number(21))
        })
        .collect()
}
