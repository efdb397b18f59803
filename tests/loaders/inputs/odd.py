"""Writes pictures of rare kinds into a folder, and what Pillow makes of them: `python odd.py odd` (Pillow 13).

pillow.txt has a line for each: turned by its Exif note, put on white, its centred square resized to 2×2, red then
green then blue."""
import io, os, random, struct, sys, zlib
from PIL import Image, ImageOps
out = sys.argv[1]; os.makedirs(out, exist_ok=True)
random.seed(1)
W = (24, 16)
base = Image.new('RGB', W)
cols = [(220, 30, 40), (30, 200, 60), (20, 50, 210), (230, 220, 40)]
for x in range(W[0]):
    for y in range(W[1]):
        q = (x >= W[0]//2) + 2*(y >= W[1]//2)
        base.putpixel((x, y), tuple(min(255, c + (x*3 + y*2) % 20) for c in cols[q]))
grey = base.convert('L')
alpha = Image.new('L', W)
for x in range(W[0]):
    for y in range(W[1]): alpha.putpixel((x, y), (x*10 + y*3) % 256)
rgba = base.copy(); rgba.putalpha(alpha)
la = grey.copy(); la.putalpha(alpha)
S = {}
def save(name, im, fmt, **k):
    im.save(f'{out}/{name}', fmt, **k); 
def exif(n):
    e = Image.Exif(); e[0x112] = n; return e.tobytes()
for n in range(2, 9):
    save(f'turned-{n}.jpg', base, 'JPEG', exif=exif(n), quality=95, subsampling=0)
save('turned-6.png', base, 'PNG', exif=exif(6))
save('turned-8.webp', base, 'WEBP', exif=exif(8), lossless=True)
save('turned-3.tif', base, 'TIFF', tiffinfo={0x112: 3})
save('progressive.jpg', base, 'JPEG', progressive=True, quality=90)
save('subsampled.jpg', base, 'JPEG', quality=90, subsampling=2)
save('restarts.jpg', base, 'JPEG', quality=90, restart_marker_blocks=1)
save('grey.jpg', grey, 'JPEG', quality=95)
save('cmyk-adobe.jpg', base.convert('CMYK'), 'JPEG', quality=95)
save('rgba.png', rgba, 'PNG'); save('la.png', la, 'PNG'); save('rgba.webp', rgba, 'WEBP', lossless=True); save('lossy.webp', rgba, 'WEBP', quality=90)
save('rgba.tif', rgba, 'TIFF')
pal = base.quantize(16)
pal.info['transparency'] = pal.getpixel((0, 0))
save('palette-trns.png', pal, 'PNG', transparency=pal.getpixel((0, 0)))
save('palette.png', base.quantize(16), 'PNG')
save('grey-trns.png', grey, 'PNG', transparency=grey.getpixel((3, 3)))
save('rgb-trns.png', base, 'PNG', transparency=base.getpixel((3, 3)))
save('bits-1.png', grey.convert('1'), 'PNG')
save('interlaced.bmp', base.quantize(16), 'BMP')
save('rgba.bmp', rgba, 'BMP')
save('clear.gif', pal, 'GIF', transparency=pal.getpixel((0, 0)))
other = Image.new('RGB', W, (1, 2, 3))
save('animated.gif', base.quantize(32), 'GIF', save_all=True, append_images=[other.quantize(4)]*2, duration=50)
save('animated.webp', base, 'WEBP', save_all=True, append_images=[other]*2, duration=50, lossless=True)
save('animated.png', base, 'PNG', save_all=True, append_images=[other]*2, duration=50)
save('pages.tif', base, 'TIFF', save_all=True, append_images=[other])
for c in ('tiff_lzw', 'tiff_adobe_deflate', 'packbits', 'raw'):
    save(f'{c}.tif', base, 'TIFF', compression=c)
save('mpo.jpg', base, 'MPO', save_all=True, append_images=[other], quality=95)
lines = []
for name in sorted(os.listdir(out)):
    if name.endswith('.txt'): continue
    im = Image.open(f'{out}/{name}')
    im.seek(0)
    im = ImageOps.exif_transpose(im)
    if im.mode in ('RGBA', 'LA', 'PA') or 'transparency' in im.info:
        im = im.convert('RGBA')
        bg = Image.new('RGBA', im.size, (255, 255, 255, 255)); bg.alpha_composite(im); im = bg
    im = im.convert('RGB')
    # The largest centred square.
    s = min(im.size); l = (im.width - s)//2; t = (im.height - s)//2
    im = im.crop((l, t, l+s, t+s)).resize((2, 2), Image.BILINEAR)
    planes = [v for band in im.split() for v in band.getdata()]
    lines.append(f"{name} {' '.join(map(str, planes))}")
open(f'{out}/pillow.txt', 'w').write('\n'.join(lines) + '\n')
print(len(lines))
