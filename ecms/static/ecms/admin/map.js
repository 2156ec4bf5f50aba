"use strict";

// A map above the two numbers of a place, and maps that only show one. The numbers remain: whoever
// cannot or does not point types them.
(() => {
  const CAMEROON = [[1.6, 8.4], [13.1, 16.2]];
  const DECIMALS = 6;
  // Outlines alone say nothing nearer; streets do.
  const NEAR = { outlines: 10, tiles: 15 };
  const outlines = new Map();

  const outlinesAt = (address) => {
    if (!outlines.has(address)) {
      outlines.set(address, fetch(address).then((answer) => (answer.ok ? answer.json() : null), () => null));
    }
    return outlines.get(address);
  };

  const pointOf = (text) => {
    const numbers = (text || "").split(",").map(Number);
    return text && numbers.length === 2 && numbers.every(Number.isFinite) ? numbers : null;
  };

  const named = (kind, name) => {
    const label = document.createElement("span");
    label.className = kind;
    label.textContent = name;
    return L.divIcon({ className: "", html: label, iconSize: null, iconAnchor: [3, 6] });
  };

  const PIN = L.divIcon({ className: "ecms-map-pin", iconSize: [22, 22], iconAnchor: [11, 27] });
  const SILENT = { interactive: false, keyboard: false };

  const drawn = (box) => {
    const { dataset } = box;
    const map = L.map(box.querySelector(".ecms-map-canvas"), {
      attributionControl: false,
      maxZoom: 19,
      // The wheel scrolls the page, until the map is being used.
      scrollWheelZoom: false,
      worldCopyJump: true,
      zoomControl: false,
    });
    L.control.zoom({ zoomInTitle: dataset.zoomIn, zoomOutTitle: dataset.zoomOut }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    map.getContainer().addEventListener("focus", () => map.scrollWheelZoom.enable());
    map.getContainer().addEventListener("blur", () => map.scrollWheelZoom.disable());
    const sources = L.control.attribution({ prefix: false }).addTo(map);
    sources.addAttribution("Natural Earth");
    map.createPane("outlines").style.zIndex = 150;
    if (dataset.tiles) {
      const credit = document.createElement("span");
      credit.textContent = dataset.attribution;
      L.tileLayer(dataset.tiles, { attribution: credit.innerHTML, maxZoom: 19 }).addTo(map);
    }
    outlinesAt(dataset.outlines).then((found) => found && outline(map, found, dataset));
    // A tab of the form, or the side bar, may open later.
    new ResizeObserver(() => map.invalidateSize()).observe(map.getContainer());
    return map;
  };

  const outline = (map, found, { tiles }) => {
    L.geoJSON(found, {
      filter: ({ geometry }) => !tiles || geometry.type !== "Point",
      interactive: false,
      pane: "outlines",
      pointToLayer: ({ properties }, at) =>
        L.marker(at, { ...SILENT, icon: named("ecms-map-town", properties.nom), pane: "markerPane" }),
      style: ({ properties }) => ({
        className: properties.pays === "CM" ? "ecms-map-land ecms-map-home" : "ecms-map-land",
      }),
    }).addTo(map);
  };

  const look = (map, at, { tiles }) => {
    if (at) {
      map.setView(at, tiles ? NEAR.tiles : NEAR.outlines);
    } else {
      map.fitBounds(CAMEROON);
    }
  };

  const show = (box) => {
    const point = pointOf(box.dataset.point);
    box.hidden = false;
    const map = drawn(box);
    look(map, point, box.dataset);
    L.marker(point, { ...SILENT, icon: PIN }).addTo(map);
  };

  class Picker {
    constructor(box, latitude, longitude) {
      [this.box, this.fields] = [box, [latitude, longitude]];
      // Above the line of the form that the numbers stand in.
      (latitude.closest(".form-row") || latitude.closest(".group") || box).before(box);
      box.hidden = false;
      this.status = box.querySelector(".ecms-map-status");
      this.map = drawn(box);
      this.marker = L.marker(CAMEROON[0], { draggable: true, icon: PIN, keyboard: false });
      this.center = pointOf(box.dataset.center);
      this.hall();
      this.read();
      look(this.map, this.point || this.center, box.dataset);
      this.listen();
    }

    hall() {
      if (this.center) {
        const icon = named("ecms-map-hall", this.box.dataset.townHall);
        L.marker(this.center, { ...SILENT, icon }).addTo(this.map);
      }
    }

    listen() {
      this.map.on("click", ({ latlng }) => this.choose(latlng));
      this.marker.on("dragend", () => this.choose(this.marker.getLatLng()));
      this.map.getContainer().addEventListener("keydown", (event) => {
        if (event.key === "Enter" && event.target === event.currentTarget) {
          event.preventDefault();
          this.choose(this.map.getCenter());
        }
      });
      for (const field of this.fields) {
        field.addEventListener("input", () => this.follow());
      }
      this.box.querySelector("[data-act=clear]").addEventListener("click", () => this.write(["", ""]));
      this.box.querySelector("[data-act=locate]").addEventListener("click", () => this.locate());
    }

    choose(latlng) {
      const { lat, lng } = latlng.wrap();
      this.write([lat.toFixed(DECIMALS), lng.toFixed(DECIMALS)]);
    }

    write(values) {
      this.fields.forEach((field, n) => {
        field.value = values[n];
        field.dispatchEvent(new Event("change", { bubbles: true }));
      });
      this.read();
    }

    follow() {
      this.read();
      if (this.point && !this.map.getBounds().contains(this.point)) {
        this.map.panTo(this.point);
      }
    }

    read() {
      const texts = this.fields.map((field) => field.value.trim());
      const numbers = texts.map(Number);
      const there = texts.every(Boolean) && Math.abs(numbers[0]) <= 90 && Math.abs(numbers[1]) <= 180;
      this.point = there ? numbers : null;
      if (there) {
        this.marker.setLatLng(numbers).addTo(this.map);
      } else {
        this.marker.remove();
      }
      const { chosen, none } = this.box.dataset;
      this.say(there ? chosen.replace("[latitude]", texts[0]).replace("[longitude]", texts[1]) : none);
    }

    say(text) {
      this.status.textContent = text;
    }

    locate() {
      const { refused, searching } = this.box.dataset;
      if (!navigator.geolocation) {
        this.say(refused);
        return;
      }
      this.say(searching);
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          const here = L.latLng(coords.latitude, coords.longitude);
          this.choose(here);
          look(this.map, here, this.box.dataset);
        },
        () => this.say(refused),
        { enableHighAccuracy: true, maximumAge: 60000, timeout: 15000 },
      );
    }
  }

  const begin = () => {
    for (const box of document.querySelectorAll(".ecms-map")) {
      if (box.dataset.point) {
        show(box);
        continue;
      }
      const latitude = document.getElementById(box.dataset.field);
      const longitude = latitude && document.getElementById(latitude.id.replace(/latitude$/, "longitude"));
      if (longitude && longitude !== latitude) {
        new Picker(box, latitude, longitude);
      }
    }
  };

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", begin);
  } else {
    begin();
  }
})();
