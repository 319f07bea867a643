#!/bin/sh
# Makes the pictures of docs/image-quality.md: docs/pictures/make.sh CHEST ABDOMEN [FOLDER]
# CHEST and ABDOMEN are the CTs named on that page, FOLDER takes the single pictures and their dose files.
# Called in the repository's root after a build; needs ImageMagick.
set -eu
fluorolab=build/release/fluorolab
to=docs/pictures
work=${3:-build/pictures}
mkdir -p "$work"
"$fluorolab" import "$1" --remove-couch -o "$work/chest.fluoro"
"$fluorolab" import "$2" -o "$work/abdomen.fluoro"

picture() { # NAME PATIENT OPTIONS
    name=$1
    shift
    "$fluorolab" render "$@" -o "$work/$name.png" --dose "$work/$name.json"
}

row() { # OUT SIDE NAME...: pictures beside one another, each scaled to SIDE pixels
    out=$1 side=$2
    shift 2
    montage $(printf "$work/%s.png " "$@") -filter box -tile x1 -geometry "${side}x${side}+4+0" -background white \
        -colorspace gray -depth 8 -strip -define png:compression-level=9 "$to/$out.png"
}

detail() { # OUT GEOMETRY NAME...: the same place of each, pixel by pixel
    out=$1 place=$2
    shift 2
    montage $(printf "$work/%s.png[$place] " "$@") -tile x1 -geometry +4+0 -background white \
        -colorspace gray -depth 8 -strip -define png:compression-level=9 "$to/$out.png"
}

chest="$work/chest.fluoro --sid 1100 --fov 360 --kv 85 --copper 0.2"
abdomen="$work/abdomen.fluoro --fov 380 --kv 80 --copper 0.2"
head="example-head --fov 280 --kv 75 --copper 0.2"

# 1. Dose: a quarter of, as much as, and four times what exposure control gives.
picture chest-low     $chest --mas 0.00767
picture chest-normal  $chest
picture chest-high    $chest --mas 0.1227
picture abdomen-low    $abdomen --mas 0.0374
picture abdomen-normal $abdomen
picture abdomen-high   $abdomen --mas 0.599
picture head-low    $head --mas 0.043
picture head-normal $head
picture head-high   $head --mas 0.687
for patient in chest abdomen head; do
    row dose-$patient 340 $patient-low $patient-normal $patient-high
done
detail dose-chest-detail 256x256+256+128 chest-low chest-normal chest-high
detail dose-abdomen-detail 256x256+170+60 abdomen-low abdomen-normal abdomen-high
detail dose-head-detail 256x256+130+250 head-low head-normal head-high

# 2. Grid and scatter.
picture abdomen-out $abdomen --grid out
row grid 400 abdomen-normal abdomen-out
for scatter in monte-carlo kernel off; do
    picture abdomen-$scatter $abdomen --grid out --scatter $scatter
done
row scatter 340 abdomen-monte-carlo abdomen-kernel abdomen-off

# 3. Lung, mediastinum and spine at once.
picture chest-lateral $chest --lao 90
picture chest-lao30-cran20 $chest --lao 30 --cran 20
for view in lateral lao30-cran20; do
    convert "$work/chest-$view.png" -filter box -resize 400x400 -depth 8 -strip "$to/chest-$view.png"
done
convert "$work/chest-normal.png" -filter box -resize 400x400 -depth 8 -strip "$to/chest-ap.png"

# 4. Subtraction and road map: the video's pictures 12 (native), 16, 18, 22 (subtracted), 55 and 96 (road map).
rm -rf "$work/run"
"$fluorolab" run scenarios/subtraction-phantom.yaml --headless --out "$work/run"
for number in 12 16 18 22 55 96; do
    ffmpeg -nostdin -y -loglevel error -i "$work/run/video.mp4" -vf "select=eq(n\,$((number - 1)))" -frames:v 1 \
        "$work/run-$number.png"
done
row subtraction 390 run-12 run-16 run-18 run-22
row road-map 400 run-55 run-96
