#pragma once
#include "side_pouch.hpp"
#include "stomach.hpp"
#include "swallow_muscles.hpp"
#include "tube_picture.hpp"

namespace fluoro {

/// Places of the way down; throws Error where the patient has none.
TubeCells way_down(LumenGraph const& gut);
SwallowWay swallow_way(LumenGraph const& gut);
/// From the laryngeal inlet down the windpipe, on into the wider bronchus each time; nothing without it.
std::optional<TubeCells> windpipe(LumenGraph const& airways);
/// From the pylorus on as far as the graph leads.
std::optional<TubeCells> duodenum(LumenGraph const& gut);
SidePouch throat_recesses(Patient const& patient, TubeCells const& cells);
/// The pouch of Zenker, where the patient has one; it opens beside `cell` and those above.
std::optional<SidePouch> throat_pouch(Patient const& patient, int cell);

/// What is behind fluoro::Gullet.
struct Gullet::Impl {
    Impl(Patient const& patient, SwallowSettings const& settings);

    void change(SwallowSettings const& settings);
    void take(double ml, Preparation const& preparation);
    void advance(double dt_s, Vec3 const& down);
    double tail_mm() const;
    std::vector<Content> contents() const;
    Portion above_gullet() const; ///< mouth, throat and its recesses

    SwallowSettings settings;
    SwallowWay way;
    TubeFluid tube; ///< lips to cardia
    SwallowMuscles muscles;
    int first_throat, first_gullet, inlet; ///< cells of the tube: where throat and gullet begin; at the larynx
    std::optional<TubeFluid> airway, bowel;
    Stomach stomach;
    SidePouch recesses;
    std::optional<SidePouch> zenker;
    TubePicture picture;
    std::optional<TubePicture> airway_picture, bowel_picture;

    double taken_mm3 = 0;
    double strongest_mg_mm3 = 0; ///< of all that was taken
    Vec3 down{0, 1, 0};

private:
    void open_sphincters();
    void leak_into_airway(double dt_s);
    void exchange_with_stomach(double dt_s);
    void move_bowel(double dt_s);

    TubeCells graph_; ///< of the tube, before a setting changed its widths
    std::uint32_t steps_ = 0;
    double bowel_s_ = 0;    ///< since its last wave began
    double reflux_mm3_ = 0; ///< that may still come up in this event
    double reflux_s_ = 0;   ///< that it still lasts
};

} // namespace fluoro
