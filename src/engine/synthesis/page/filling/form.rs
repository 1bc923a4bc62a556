//! Forms: labels with leaders of dots, rules or cells behind them, filled or not.

use kurbo::Affine;
use kurbo::BezPath;
use kurbo::Point;

use crate::synthesis::fonts::Class;
use crate::synthesis::lettering::Style;
use crate::synthesis::lettering::natural_width;
use crate::synthesis::lettering::straight;
use crate::synthesis::page::Layout;
use crate::synthesis::page::filling::Blanks;
use crate::synthesis::page::signature;
use crate::synthesis::page::words;

/// Labels of fields.
const LABELS: [&str; 14] = [
    "Họ và tên",
    "Ngày sinh",
    "Nơi sinh",
    "Quê quán",
    "Số định danh",
    "Chỗ ở hiện nay",
    "Nghề nghiệp",
    "Đơn vị công tác",
    "Chức vụ",
    "Lý do",
    "Thời gian từ ngày",
    "Số điện thoại",
    "Kính gửi",
    "Nội dung đề nghị",
];
const HANZI_LABELS: [&str; 8] = [
    "姓名",
    "性别",
    "出生日期",
    "单位",
    "职务",
    "地址",
    "电话",
    "事由",
];

/// What stands where a field is to be filled in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leader {
    Dots,
    Rule,
    Dashes,
}

impl Layout<'_> {
    /// Fields down to the height `end`.
    pub(in crate::synthesis::page) fn form(&mut self, blanks: Blanks, end: f64) {
        let pitch = self.capital * self.chance.between(2.3, 3.0);
        let right = self.page.size.0 - self.chance.between(18.0, 26.0);
        let leader = *self
            .chance
            .pick(&[Leader::Dots, Leader::Dots, Leader::Rule, Leader::Dashes]);
        let share = match blanks {
            Blanks::All => 1.0,
            Blanks::Some => self.chance.between(0.1, 0.45),
            Blanks::None => 0.0,
        };
        // By hand or by machine, the whole form alike.
        let by_hand = self.chance.happens(0.5);
        let pen = signature::pen(self.chance);
        let table_at = self
            .chance
            .happens(0.3)
            .then(|| self.chance.between(self.y, end));
        let mut written = Vec::new();
        let mut row = 0;
        while self.y < end {
            if table_at.is_some_and(|at| at < self.y && at > self.y - pitch) && end - self.y > 30.0
            {
                self.grid((28.0, right), share);
            }
            // A line has one field, or two.
            let halves = if self.chance.happens(0.25) { 2 } else { 1 };
            let width = (right - 28.0) / f64::from(halves);
            for half in 0..halves {
                let left = 28.0 + width * f64::from(half);
                let from = self.label((left, self.y), row);
                let to = left + width - 2.0;
                self.leader(leader, (from, to));
                // Of a half-filled form the first fields are filled, as people do.
                let is_filled = !self.chance.happens(share) || (blanks == Blanks::Some && row < 2);
                if blanks != Blanks::All && is_filled {
                    written.extend(self.entry((from, to), by_hand));
                }
                row += 1;
            }
            self.y += pitch;
        }
        if !written.is_empty() {
            let ink = if by_hand { pen } else { [1.3; 3] };
            self.page.prints.push((written, ink));
        }
    }

    /// Writes a label, and says where it ends.
    fn label(&mut self, (left, y): (f64, f64), row: usize) -> f64 {
        let is_hanzi = self.content.body.chinese;
        let text = if is_hanzi {
            HANZI_LABELS[row % HANZI_LABELS.len()]
        } else {
            LABELS[row % LABELS.len()]
        };
        let text = format!("{text}:");
        let style = self.style(self.regular, self.capital);
        let extent = natural_width(self.fonts, style, &text);
        let path = straight(self.fonts, style, &text, extent);
        self.black
            .push(Affine::translate((left + 0.5 * extent, y)) * path);
        left + extent + 1.0
    }

    fn style(&self, face: usize, capital_mm: f64) -> Style {
        Style {
            face,
            capital_mm,
            stretch: 1.0,
        }
    }

    /// Draws what is to be written over.
    fn leader(&mut self, leader: Leader, (from, to): (f64, f64)) {
        let y = self.y;
        match leader {
            Leader::Rule => self.rule((from, y + 0.5), (to, y + 0.5), 0.2),
            Leader::Dots | Leader::Dashes => {
                let (step, width, height) = if leader == Leader::Dots {
                    (
                        0.36 * self.capital,
                        0.12 * self.capital,
                        0.12 * self.capital,
                    )
                } else {
                    (0.5 * self.capital, 0.34 * self.capital, 0.08 * self.capital)
                };
                let mut x = from;
                let mut dots = BezPath::new();
                while x + width < to {
                    let corners = [
                        (x, y - height),
                        (x + width, y - height),
                        (x + width, y),
                        (x, y),
                    ];
                    dots.extend(crate::synthesis::motif::polygon(corners.map(Point::from)));
                    x += step;
                }
                self.black.push(dots);
            }
        }
    }

    /// What somebody wrote into a field.
    fn entry(&mut self, (from, to): (f64, f64), by_hand: bool) -> Vec<BezPath> {
        let room = to - from;
        let wanted = room * self.chance.between(0.3, 0.9);
        let face = if by_hand {
            *self.chance.pick(&self.fonts.of_class(Class::Italic))
        } else {
            self.regular
        };
        let capital = self.capital * self.chance.between(0.95, 1.2);
        let style = self.style(face, capital);
        let is_hanzi = self.content.body.chinese && !by_hand;
        let mut text = words::word(is_hanzi, self.chance).to_owned();
        loop {
            let longer = format!("{text} {}", words::word(is_hanzi, self.chance));
            if natural_width(self.fonts, style, &longer) > wanted {
                break;
            }
            text = longer;
        }
        let extent = natural_width(self.fonts, style, &text);
        let start = from + self.chance.between(1.0, 4.0);
        let y = self.y - self.chance.between(0.0, 0.6);
        if by_hand && self.chance.happens(0.4) {
            let middle = Point::new(start + 0.3 * wanted, y - 0.4 * capital);
            return signature::draw(middle, 0.25 * wanted.min(40.0), self.chance);
        }
        let path = straight(self.fonts, style, &text, extent);
        vec![Affine::translate((start + 0.5 * extent, y)) * path]
    }

    /// A table with a row of headings, whose cells are to be filled.
    fn grid(&mut self, (left, right): (f64, f64), share: f64) {
        let (rows, columns) = (2 + self.chance.index(3), 3 + self.chance.index(2));
        let height = self.capital * 2.6;
        let (top, width) = (self.y, (right - left) / columns as f64);
        for row in 0..=rows {
            let y = top + row as f64 * height;
            self.rule((left, y), (right, y), 0.25);
        }
        for column in 0..=columns {
            let x = left + column as f64 * width;
            self.rule((x, top), (x, top + rows as f64 * height), 0.25);
        }
        for row in 0..rows {
            for column in 0..columns {
                let is_blank = row > 0 && (share >= 1.0 || self.chance.happens(share));
                if is_blank {
                    continue;
                }
                let word = words::word(self.content.body.chinese, self.chance).to_owned();
                let at = (
                    left + (column as f64 + 0.5) * width,
                    top + (row as f64 + 0.66) * height,
                );
                self.centred(&word, at, (self.regular, self.capital), width - 3.0);
            }
        }
        self.y = top + rows as f64 * height + self.capital * 2.5;
    }
}
