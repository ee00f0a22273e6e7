"""Take the README's picture: one guide on a phone, in three languages.

python scripts/screenshot.py http://127.0.0.1:8000 housing-office/guides/rent-help/
"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

TARGET = Path(__file__).resolve().parent.parent / "docs" / "images" / "guide.png"
LANGUAGES = ["en", "ar", "zh-hans"]
WIDTH, HEIGHT, GAP = 360, 860, 24


def main(address: str, path: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        shots = []
        for language in LANGUAGES:
            page.goto(f"{address}/{language}/{path}")
            shots.append(Image.open(io.BytesIO(page.screenshot())))
        browser.close()
    picture = Image.new("RGB", (len(shots) * (WIDTH + GAP) - GAP, HEIGHT), "#c9ced6")
    for number, shot in enumerate(shots):
        picture.paste(shot, (number * (WIDTH + GAP), 0))
    picture.quantize(64).save(TARGET, optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
