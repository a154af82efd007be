//! SQL over everything that is recorded: the archive's files, and behind them the rows of the journal's records that
//! are not archived yet. It takes no lock, and the folder may be in use; what is asked sees every record that was durable
//! when it was opened.

mod tail;
mod views;

use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::common::TableReference;
use datafusion::datasource::MemTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::error::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::object_store::local::LocalFileSystem;
use datafusion::prelude::{SessionConfig, SessionContext};
use tokio::runtime::{Builder, Runtime};

use self::tail::{Tail, tail};
use super::rows::RowsError;
use super::walk::WalkError;
use crate::archive::{ArchiveError, Table};
use crate::journal::Sequence;
use crate::limits::QUERY_MEMORY_BYTES;
use crate::supervision::DataFolder;

/// By this the archive's folder is known to the engine.
const ARCHIVE: &str = "archive://data";
/// Behind the name of a table: what of it is archived, and what is not yet.
const ARCHIVED: &str = "archived";
const UNARCHIVED: &str = "unarchived";
/// How often the folder is looked at again where a service archived and removed meanwhile what was being read.
const TRIES: usize = 5;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The records cannot be walked over.
    #[error("{0}")]
    Walk(#[from] WalkError),
    /// The archive cannot be listed.
    #[error("{0}")]
    Archive(#[from] ArchiveError),
    /// A record gives no rows.
    #[error("record {sequence}: {error}")]
    Rows {
        /// Its place.
        sequence: Sequence,
        /// Why.
        error: RowsError,
    },
    /// The question is wrong, or cannot be answered.
    #[error("{}", told(.0))]
    Sql(Box<DataFusionError>),
    /// There are no threads, or whoever takes the answer has no room.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// What is wrong with a question, with the names where one is wrong.
fn told(error: &DataFusionError) -> String {
    let said = error.strip_backtrace();
    if !(said.contains("table '") && said.ends_with("not found")) {
        return said;
    }
    let tables = Table::ALL.iter().map(|table| table.name());
    let names: Vec<&str> = tables.chain(views::ALL.map(|(name, _)| name)).collect();
    format!("{said}; there are {}", names.join(", "))
}

impl From<DataFusionError> for QueryError {
    fn from(error: DataFusionError) -> Self {
        Self::Sql(Box::new(error))
    }
}

/// A data folder that can be asked.
pub struct Query {
    runtime: Runtime,
    session: SessionContext,
    /// The last record that it sees.
    through: Sequence,
}

impl Query {
    /// Opens a data folder. `progress` hears how many records that are not archived yet, of how many, have been read.
    ///
    /// # Errors
    /// See [`QueryError`].
    pub fn open(
        folder: DataFolder,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<Self, QueryError> {
        let folder = Arc::new(folder);
        let mut tries = 1;
        let tail = loop {
            match tail(&folder, &mut progress) {
                Err(QueryError::Walk(WalkError::Journal(_) | WalkError::History(_)))
                    if tries < TRIES =>
                {
                    tries += 1;
                }
                tail => break tail?,
            }
        };
        let runtime = Builder::new_multi_thread().enable_all().build()?;
        let session = runtime.block_on(session(&folder.archive(), &tail))?;
        Ok(Self {
            runtime,
            session,
            through: tail.through,
        })
    }

    /// The last record that it sees.
    #[must_use]
    pub const fn through(&self) -> Sequence {
        self.through
    }

    /// Asks a question; `take` gets the rows as they come, at first none with the columns. It may only read.
    ///
    /// # Errors
    /// [`QueryError::Sql`]; what `take` says.
    pub fn ask(
        &self,
        sql: &str,
        mut take: impl FnMut(&RecordBatch) -> Result<(), QueryError>,
    ) -> Result<(), QueryError> {
        let reading = SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(false)
            .with_allow_statements(false);
        self.runtime.block_on(async {
            let asked = self.session.sql_with_options(sql, reading).await?;
            let mut rows = asked.execute_stream().await?;
            take(&RecordBatch::new_empty(rows.schema()))?;
            while let Some(batch) =
                std::future::poll_fn(|context| rows.as_mut().poll_next(context)).await
            {
                take(&batch?)?;
            }
            Ok(())
        })
    }
}

/// The tables and views of a folder.
async fn session(archive: &Path, tail: &Tail) -> Result<SessionContext, QueryError> {
    let mut config = SessionConfig::new();
    let options = config.options_mut();
    options.execution.parquet.pushdown_filters = true;
    options.execution.time_zone = Some("+00:00".to_owned());
    let memory = FairSpillPool::new(QUERY_MEMORY_BYTES);
    let runtime = RuntimeEnvBuilder::new().with_memory_pool(Arc::new(memory));
    let session = SessionContext::new_with_config_rt(config, runtime.build_arc()?);
    let store = LocalFileSystem::new_with_prefix(archive).map_err(DataFusionError::from)?;
    let url = ObjectStoreUrl::parse(ARCHIVE)?;
    session.register_object_store(url.as_ref(), Arc::new(store));
    for (table, archived) in Table::ALL.into_iter().zip(tail.archived) {
        let name = table.name();
        session.register_table(named(name, ARCHIVED), listed(table)?)?;
        let rows = tail.rows(table, archived)?;
        let schema = dated(&table.schema());
        let rows = MemTable::try_new(schema, vec![rows])?;
        session.register_table(named(name, UNARCHIVED), Arc::new(rows))?;
        // What is archived from now on is also in the tail.
        let both = format!(
            "CREATE VIEW {name} AS SELECT * FROM {name}_{ARCHIVED} WHERE sequence <= {archived} UNION ALL SELECT * FROM {name}_{UNARCHIVED}"
        );
        session.sql(&both).await?;
    }
    for (name, rows) in views::ALL {
        session
            .sql(&format!("CREATE VIEW {name} AS {rows}"))
            .await?;
    }
    Ok(session)
}

fn named(table: &str, part: &str) -> TableReference {
    TableReference::bare(format!("{table}_{part}"))
}

/// A table's files, each day in a folder of its own.
fn listed(table: Table) -> Result<Arc<ListingTable>, DataFusionError> {
    let url = ListingTableUrl::parse(format!("{ARCHIVE}/{table}/"))?;
    let options = ListingOptions::new(Arc::new(ParquetFormat::default()))
        .with_file_extension(".parquet")
        .with_table_partition_cols(vec![("date".to_owned(), DataType::Date32)]);
    let config = ListingTableConfig::new(url)
        .with_listing_options(options)
        .with_schema(bare(&table.schema()));
    Ok(Arc::new(ListingTable::try_new(config)?))
}

/// A table's columns as they are asked for: a column that came with a later build is empty in earlier files.
fn bare(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter();
    let fields = fields.map(|field| field.as_ref().clone().with_nullable(true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// The same, with the day of the folder.
fn dated(schema: &Schema) -> SchemaRef {
    let day = arrow::datatypes::Field::new("date", DataType::Date32, false);
    let fields = bare(schema);
    let fields = fields.fields().iter().map(|field| field.as_ref().clone());
    Arc::new(Schema::new(fields.chain([day]).collect::<Vec<_>>()))
}
