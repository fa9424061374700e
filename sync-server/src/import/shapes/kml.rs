//! Shapes out of KML: its placemarks, in whatever folders they are.

use super::{Shape, ShapeFlaw, Shapes, ShapesRefused, rank_of};
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use walkbook_model::Position;
use walkbook_terrain::Polygon;

pub(super) fn read(text: &str, name_property: Option<&str>, shapes: &mut Shapes) -> Result<(), ShapesRefused> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut pen = Pen { shapes, name_property, begun: false, placemark: None, text: String::new() };
    loop {
        let event = reader.read_event().map_err(|_| not_xml(text, reader.error_position()))?;
        match event {
            Event::Start(element) => pen.begin(&element)?,
            Event::End(element) => pen.end(element.local_name().as_ref())?,
            Event::Text(more) => pen.text.push_str(&more.xml10_content()),
            Event::CData(more) => pen.text.push_str(&more.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(character)) => pen.text.push(character),
                // Entities that a document defines by itself are left out: a name can do without.
                Ok(None) => pen.text.push_str(resolve_predefined_entity(&reference).unwrap_or_default()),
                Err(_) => return Err(not_xml(text, reader.buffer_position())),
            },
            Event::Eof if pen.placemark.is_some() => return Err(not_xml(text, reader.buffer_position())),
            Event::Eof => break,
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    if pen.begun { Ok(()) } else { Err(ShapesRefused::NotKml) }
}

fn not_xml(text: &str, at: u64) -> ShapesRefused {
    let before = text.bytes().take(usize::try_from(at).unwrap_or(usize::MAX));
    ShapesRefused::Xml { line: before.filter(|byte| *byte == b'\n').count() + 1 }
}

/// Draws what the file says.
struct Pen<'a> {
    shapes: &'a mut Shapes,
    name_property: Option<&'a str>,
    /// Whether the file's first element has come.
    begun: bool,
    placemark: Option<Placemark>,
    /// What has been said since an element began or ended.
    text: String,
}

#[derive(Default)]
struct Placemark {
    shape: Shape,
    /// How good the name is.
    rank: Option<usize>,
    /// The property that is being said, if it may be a name.
    property: Option<usize>,
    /// The polygon that is being drawn: its outer rings, and its holes.
    polygon: Option<[Vec<Vec<Position>>; 2]>,
    in_hole: bool,
    line: Option<Vec<Position>>,
}

impl Pen<'_> {
    fn begin(&mut self, element: &BytesStart<'_>) -> Result<(), ShapesRefused> {
        self.text.clear();
        let name = element.local_name();
        if !std::mem::replace(&mut self.begun, true) && name.as_ref() != "kml" {
            return Err(ShapesRefused::NotKml);
        }
        if name.as_ref() == "Placemark" {
            let shape = Shape { number: self.shapes.next_number(), ..Shape::default() };
            self.placemark = Some(Placemark { shape, ..Placemark::default() });
        }
        let Some(placemark) = &mut self.placemark else { return Ok(()) };
        match name.as_ref() {
            "Polygon" => placemark.polygon = Some(Default::default()),
            "innerBoundaryIs" => placemark.in_hole = true,
            "outerBoundaryIs" => placemark.in_hole = false,
            "Data" | "SimpleData" => {
                let attribute = element.try_get_attribute("name").ok().flatten();
                let property = attribute.and_then(|attribute| attribute.normalized_value(XmlVersion::Implicit1_0).ok());
                placemark.property = property.and_then(|property| rank_of(&property, self.name_property));
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, element: &str) -> Result<(), ShapesRefused> {
        let text = std::mem::take(&mut self.text);
        let Some(placemark) = &mut self.placemark else { return Ok(()) };
        match element {
            "name" if self.name_property.is_none() => placemark.rename(0, &text, self.shapes)?,
            "value" | "SimpleData" => {
                if let Some(rank) = placemark.property {
                    // What the placemark itself is called comes first.
                    placemark.rename(rank + 1, &text, self.shapes)?;
                }
            }
            "Data" => placemark.property = None,
            "coordinates" => placemark.line = Some(corners(&text, self.shapes)?),
            "LinearRing" | "LineString" => placemark.draw(self.shapes)?,
            "Polygon" => placemark.close(self.shapes)?,
            "Placemark" => {
                let shape = std::mem::take(&mut placemark.shape);
                self.placemark = None;
                self.shapes.add(shape)?;
            }
            _ => {}
        }
        Ok(())
    }
}

impl Placemark {
    fn rename(&mut self, rank: usize, name: &str, shapes: &Shapes) -> Result<(), ShapesRefused> {
        if self.rank.is_none_or(|best| rank < best)
            && let Some(name) = shapes.name(name)?
        {
            self.shape.name = Some(name);
            self.rank = Some(rank);
        }
        Ok(())
    }

    /// Takes the line that was drawn last, as a ring of the polygon or by itself.
    fn draw(&mut self, shapes: &Shapes) -> Result<(), ShapesRefused> {
        let line = self.line.take().unwrap_or_default();
        match &mut self.polygon {
            Some([_, holes]) if self.in_hole => holes.push(shapes.ring(line)?),
            Some([outer, _]) => outer.push(shapes.ring(line)?),
            None => self.shape.lines.push(shapes.line(line)?),
        }
        Ok(())
    }

    fn close(&mut self, shapes: &Shapes) -> Result<(), ShapesRefused> {
        let [outer, holes] = self.polygon.take().unwrap_or_default();
        let mut outer = outer.into_iter();
        match (outer.next(), outer.next()) {
            (Some(outer), None) => self.shape.polygons.push(Polygon { outer, holes }),
            _ => return Err(shapes.flaw(ShapeFlaw::NoOutside)),
        }
        Ok(())
    }
}

/// `lon,lat[,height]`, parted by white space.
fn corners(text: &str, shapes: &mut Shapes) -> Result<Vec<Position>, ShapesRefused> {
    let mut corners = Vec::new();
    for corner in text.split_ascii_whitespace() {
        let mut numbers = corner.split(',').map(str::parse::<f64>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(lon)), Some(Ok(lat))) => corners.push(shapes.corner(lon, lat)?),
            _ => return Err(shapes.flaw(ShapeFlaw::NotACorner)),
        }
    }
    Ok(corners)
}
