//! Numbers that are looked up when somebody asks, as the families that are written.

use prometheus::proto::{Counter, Gauge, LabelPair, Metric, MetricFamily, MetricType};

/// See the module.
#[derive(Default)]
pub(super) struct Sheet(pub(super) Vec<MetricFamily>);

impl Sheet {
    /// A number that goes up and down.
    pub(super) fn gauge(&mut self, name: &str, help: &str, value: f64) {
        self.add(MetricType::GAUGE, (name, help), vec![gauge(value, &[])]);
    }

    /// Whether something is so.
    pub(super) fn flag(&mut self, name: &str, help: &str, is: bool) {
        self.gauge(name, help, f64::from(u8::from(is)));
    }

    /// Texts, as labels of the number 1.
    pub(super) fn info(&mut self, name: &str, help: &str, labels: &[(&str, &str)]) {
        let metric = gauge(1.0, labels);
        self.add(MetricType::GAUGE, (name, help), vec![metric]);
    }

    /// Numbers by a label that go up and down.
    pub(super) fn gauges(
        &mut self,
        name: &str,
        help: &str,
        numbers: impl Iterator<Item = ((&'static str, &'static str), u64)>,
    ) {
        let metrics = numbers.map(|(label, number)| gauge(real(number), &[label]));
        self.add(MetricType::GAUGE, (name, help), metrics.collect());
    }

    /// Numbers by labels that only go up.
    pub(super) fn counters<const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        numbers: impl Iterator<Item = ([(&'static str, &'static str); N], u64)>,
    ) {
        let metrics = numbers.map(|(labels, number)| {
            let mut counter = Counter::default();
            counter.set_value(real(number));
            let mut metric = labelled(&labels);
            metric.set_counter(counter);
            metric
        });
        self.add(MetricType::COUNTER, (name, help), metrics.collect());
    }

    fn add(&mut self, kind: MetricType, (name, help): (&str, &str), metrics: Vec<Metric>) {
        let mut family = MetricFamily::default();
        family.set_name(name.to_owned());
        family.set_help(help.to_owned());
        family.set_field_type(kind);
        family.set_metric(metrics);
        self.0.push(family);
    }
}

fn gauge(value: f64, labels: &[(&str, &str)]) -> Metric {
    let mut gauge = Gauge::default();
    gauge.set_value(value);
    let mut metric = labelled(labels);
    metric.set_gauge(gauge);
    metric
}

fn labelled(labels: &[(&str, &str)]) -> Metric {
    let labels = labels.iter().map(|(name, value)| {
        let mut label = LabelPair::default();
        label.set_name((*name).to_owned());
        label.set_value((*value).to_owned());
        label
    });
    Metric::from_label(labels.collect())
}

/// A count as Prometheus has its numbers.
#[expect(
    clippy::cast_precision_loss,
    reason = "no count comes near 2 to the power of 53"
)]
pub(super) const fn real(count: u64) -> f64 {
    count as f64
}
